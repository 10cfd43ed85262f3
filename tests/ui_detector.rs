//! A detector in the window: chosen in the form, trained by a real worker, judged, deployed and asked about a picture.

mod common;
#[path = "common/window.rs"]
mod driver;

use common::Workspace;
use driver::{
    StopServices, Window, click, fill, is_enabled, nameless, open, published, says, wait, window, words, workbench,
};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use modelier::domain::predict::Prediction;
use modelier::domain::{Dataset, DatasetType};
use modelier::ui::pages::Page;
use modelier::workbench::Workbench;
use std::path::Path;

/// A picture with a bright square, and the file that says where it is.
fn write_square(folder: &Path, number: u32) {
    let (left, top, side) = (4 + number * 3, 34 - number * 3, 22);
    let picture = image::RgbImage::from_fn(64, 64, |x, y| {
        let inside = (left..left + side).contains(&x) && (top..top + side).contains(&y);
        image::Rgb(if inside { [240, 230, 60] } else { [30, 60, 90] })
    });
    std::fs::create_dir_all(folder).expect("a folder");
    picture.save(folder.join(format!("{number}.png"))).expect("an image");
    let (right, bottom) = (left + side, top + side);
    let xml = format!(
        "<annotation><filename>{number}.png</filename><size><width>64</width><height>64</height><depth>3</depth></size>\
         <object><name>square</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax>\
         <ymax>{bottom}</ymax></bndbox></object></annotation>"
    );
    std::fs::write(folder.join(format!("{number}.xml")), xml).expect("written");
}

fn published_squares(workspace: &Workspace, workbench: &Workbench) -> Dataset {
    let input = workspace.path("squares");
    for number in 0..10 {
        write_square(&input, number);
    }
    published(workspace, workbench, DatasetType::ObjectDetection, &input)
}

/// What a slider stands at.
fn slider(window: &Window, name: &str) -> f64 {
    window.get_by_role_and_label(Role::Slider, name).accesskit_node().numeric_value().expect("a value")
}

/// The names of what stands in the window with a role.
fn names(window: &Window, role: Role) -> Vec<String> {
    let nodes = window.root().children_recursive().filter(|node| node.accesskit_node().role() == role);
    nodes.filter_map(|node| node.accesskit_node().label()).collect()
}

#[test]
fn a_detector_is_chosen_trained_judged_and_asked() {
    let workspace = Workspace::new();
    let workbench = workbench(&workspace);
    let _stop = StopServices(workbench.clone());
    let dataset = published_squares(&workspace, &workbench);
    let mut window = window(&workbench, "en");

    // Only what learns boxes is offered, with the parameters of the guide's table and its range said beside a slip.
    open(&mut window, Page::NewTraining { dataset: Some(dataset.id), version: Some("V001".to_owned()) });
    wait(&mut window, "a form that can be started", |window| is_enabled(window, "Start training"));
    assert_eq!(names(&window, Role::RadioButton), ["YOLOv3"]);
    assert_eq!(nameless(&window), [""; 0]);
    fill(&mut window, "score_threshold", "2");
    assert!(says(&window, "0.01") && !is_enabled(&window, "Start training"), "{}", words(&window));
    for (name, value) in [("score_threshold", "0.05"), ("image_size", "64"), ("num_epoch", "14"), ("lr", "0.004")] {
        fill(&mut window, name, value);
    }
    click(&mut window, Role::ComboBox, "backbone");
    wait(&mut window, "both networks", |window| says(window, "darknet_53"));
    window.key_press(Key::Escape);
    wait(&mut window, "the check", |window| is_enabled(window, "Start training"));
    click(&mut window, Role::Button, "Start training");
    wait(&mut window, "the end of the training", |window| {
        let jobs = workbench.jobs().expect("jobs");
        let failed = jobs.iter().flat_map(|job| &job.versions).find(|version| version.failure.is_some());
        assert!(failed.is_none(), "{failed:?}");
        is_enabled(window, "Deploy…")
    });
    let job = workbench.jobs().expect("jobs").remove(0);
    assert_eq!(job.versions[0].algorithm, "yolo_v3");
    wait(&mut window, "the curve", |window| says(window, "mAP"));
    assert_eq!(nameless(&window), [""; 0]);

    click(&mut window, Role::Tab, "Evaluation");
    wait(&mut window, "the curve of precision", |window| says(window, "Precision over recall: square "));
    let evaluation = workbench.job_evaluation(job.job.name.as_str(), "V001").expect("read").expect("evaluated");
    let average = evaluation.by_label()[0].average_precision.expect("squares to find");
    assert!(says(&window, &format!("square {:.1}%", 100.0 * average)), "{}", words(&window));
    assert_eq!(nameless(&window), [""; 0]);

    // Another score counts other boxes; what the service answers from stays said.
    assert!((slider(&window, "From score") - 0.05).abs() < 1e-9);
    assert!(says(&window, "The service answers from 0.05"));
    window.get_by_role_and_label(Role::Slider, "From score").focus();
    window.run_steps(2);
    for _ in 0..3 {
        window.key_press(Key::ArrowRight);
        window.run_steps(2);
    }
    assert!(slider(&window, "From score") > 0.05);
    assert!(says(&window, "The service answers from 0.05"));

    // The pictures are there without being asked for; one becomes large.
    let is_tile = |name: &String| name.contains(".png: 1 objects, ");
    let tiles: Vec<String> = names(&window, Role::Button).into_iter().filter(is_tile).collect();
    assert_eq!(tiles.len(), 2, "{}", words(&window));
    click(&mut window, Role::Button, &tiles[0]);
    wait(&mut window, "the large picture", |window| is_enabled(window, "Close the large picture"));
    assert!(names(&window, Role::Image).contains(&tiles[0]), "{}", words(&window));
    click(&mut window, Role::Button, "Next image");
    wait(&mut window, "the next one", |window| names(window, Role::Image).contains(&tiles[1]));
    window.key_press(Key::Escape);
    wait(&mut window, "no large picture", |window| !is_enabled(window, "Close the large picture"));

    click(&mut window, Role::Button, "Deploy…");
    wait(&mut window, "names that are filled in", |window| is_enabled(window, "Deploy"));
    assert_eq!(nameless(&window), [""; 0]);
    click(&mut window, Role::Button, "Deploy");
    wait(&mut window, "the token", |window| says(window, "shown this once"));
    assert_eq!(nameless(&window), [""; 0]);
    click(&mut window, Role::Button, "Open the service");
    wait(&mut window, "the service", |window| says(window, "Running"));
    let picture = workspace.path("squares/3.png").to_string_lossy().into_owned();
    fill(&mut window, "Picture", &picture);
    click(&mut window, Role::Button, "Ask");
    wait(&mut window, "an answer", |window| says(window, "found"));
    let found = names(&window, Role::Image).into_iter().find(|name| name.starts_with(&picture));
    assert!(found.is_some_and(|name| name.ends_with(" found")), "{}", words(&window));
    assert!(says(&window, "square ") && says(&window, "%"), "{}", words(&window));
    assert_eq!(nameless(&window), [""; 0]);

    // A score found with the slider becomes the service's own; it keeps its address.
    let service = workbench.services().expect("services").remove(0);
    window.get_by_role_and_label(Role::Slider, "From score").focus();
    window.run_steps(2);
    for _ in 0..10 {
        window.key_press(Key::ArrowRight);
        window.run_steps(2);
    }
    let score = slider(&window, "From score");
    click(&mut window, Role::Button, "Answer from here on");
    let now = || workbench.service(service.name.as_str()).expect("the service");
    // The page may still show the worker before: the new one has a later start.
    wait(&mut window, "the service again", |window| now().started > service.started && says(window, "Running"));
    wait(&mut window, "its score", |window| says(window, "From score 0."));
    let again = now();
    assert_eq!((&again.address, again.least_score), (&service.address, Some(score)));
    let answer = workbench.predict_file(service.name.as_str(), &picture).expect("an answer");
    let Prediction::Detection { detection_scores, .. } = answer else { panic!("{answer:?}") };
    assert!(detection_scores.iter().all(|found| *found >= score), "{detection_scores:?} from {score}");

    for page in [Page::Training, Page::Models, Page::Services] {
        open(&mut window, page);
        wait(&mut window, "the squares", |window| says(window, "squares"));
        assert_eq!(nameless(&window), [""; 0]);
    }
}

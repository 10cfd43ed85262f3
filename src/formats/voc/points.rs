//! Shapes as elements (guide, table 2-7).

use super::element::Element;
use crate::domain::shape::Point;
use crate::domain::{Explanation, Shape};
use std::collections::BTreeMap;

/// How points were spelled: needed to write them back alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `x`, `y`, as the guide's table and the platform's own files write single points.
    Plain,
    /// `x1`, `y1`, `x2`, …, as its examples write all.
    Numbered,
}

impl Spelling {
    /// What is written unless something else was read.
    pub(super) fn usual(shape: &Shape) -> Self {
        if matches!(shape, Shape::Point { .. }) { Self::Plain } else { Self::Numbered }
    }
}

/// Whether an element says a shape.
pub(super) fn is_shape(name: &str) -> bool {
    matches!(name, "point" | "line" | "dashed" | "bndbox" | "polygon" | "polyline" | "circle")
}

/// Reads a shape; adds what was put right to `reasons`. Children that mean nothing go to `rest`.
pub(super) fn read<'a>(
    element: &Element<'a>,
    rest: &mut Vec<Element<'a>>,
    reasons: &mut Vec<Explanation>,
) -> Result<(Shape, Spelling), Explanation> {
    let kind = &*element.name;
    let refused = |reason: &str| {
        Explanation::bad_input("voc-shape")
            .with("kind", kind)
            .with("cause", reason.chars().take(80).collect::<String>())
    };
    match kind {
        "bndbox" => {
            let [left, top, right, bottom] =
                named_numbers(element, ["xmin", "ymin", "xmax", "ymax"], rest).map_err(|name| refused(&name))?;
            if left > right || top > bottom {
                reasons.push(Explanation::bad_input("voc-corners-swapped"));
            }
            Ok((Shape::rectangle([left, top], [right, bottom]), Spelling::Plain))
        }
        "circle" => {
            let [x, y, radius] = named_numbers(element, ["cx", "cy", "r"], rest).map_err(|name| refused(&name))?;
            if radius < 0.0 {
                return Err(refused("r"));
            }
            Ok((Shape::Circle { center: [x, y], radius }, Spelling::Plain))
        }
        _ => {
            let (points, spelling) = points(element, rest).map_err(|name| refused(&name))?;
            let count = points.len();
            let wrong_count = || refused(&count.to_string());
            let shape = match kind {
                "point" => {
                    let [at] = <[Point; 1]>::try_from(points).map_err(|_| wrong_count())?;
                    Shape::Point { at }
                }
                "line" | "dashed" => {
                    let points = <[Point; 2]>::try_from(points).map_err(|_| wrong_count())?;
                    Shape::Line { points, dashed: kind == "dashed" }
                }
                "polyline" if count >= 2 => Shape::Polyline { points },
                "polygon" if count >= 3 => Shape::polygon(points),
                _ => return Err(wrong_count()),
            };
            Ok((shape, spelling))
        }
    }
}

/// Writes a shape. A rotated rectangle becomes its four corners.
pub(super) fn write(shape: &Shape, spelling: Spelling) -> Element<'static> {
    let named = |kind: &'static str, names: &[&'static str], numbers: &[f64]| {
        let leaf = |(name, number): (&&'static str, &f64)| Element::leaf(*name, shown(*number));
        Element::branch(kind, names.iter().zip(numbers).map(leaf).collect())
    };
    let spelled = |kind: &'static str, points: &[Point]| {
        let pair = |(index, [x, y]): (usize, &Point)| {
            let number = if spelling == Spelling::Plain { String::new() } else { (index + 1).to_string() };
            [Element::leaf(format!("x{number}"), shown(*x)), Element::leaf(format!("y{number}"), shown(*y))]
        };
        Element::branch(kind, points.iter().enumerate().flat_map(pair).collect())
    };
    match shape {
        Shape::Rectangle { min, max } => {
            named("bndbox", &["xmin", "ymin", "xmax", "ymax"], &[min[0], min[1], max[0], max[1]])
        }
        Shape::Circle { center, radius } => named("circle", &["cx", "cy", "r"], &[center[0], center[1], *radius]),
        Shape::Point { at } => spelled("point", &[*at]),
        Shape::Line { points, dashed } => spelled(if *dashed { "dashed" } else { "line" }, points),
        Shape::Polyline { points } => spelled("polyline", points),
        Shape::Polygon { points, .. } => spelled("polygon", points),
        Shape::RotatedRectangle { .. } => spelled("polygon", &shape.corners().unwrap_or_default()),
    }
}

/// A number as short as it can be without loss; whole ones without a point, as tools that know only those expect.
pub(super) fn shown(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// A number; what is not finite is none.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// The numbers of children with these names, each once; else the name that is missing or no number.
fn named_numbers<'a, const N: usize>(
    element: &Element<'a>,
    names: [&str; N],
    rest: &mut Vec<Element<'a>>,
) -> Result<[f64; N], String> {
    let mut found = [None; N];
    for child in &element.children {
        let place = names.iter().position(|name| child.name.eq_ignore_ascii_case(name));
        match place.and_then(|place| found.get_mut(place)) {
            Some(slot) if slot.is_none() => {
                *slot = Some(number(&child.text).ok_or_else(|| said(child))?);
            }
            _ => rest.push(child.clone()),
        }
    }
    let mut numbers = [0.0; N];
    for ((slot, value), name) in numbers.iter_mut().zip(found).zip(names) {
        *slot = value.ok_or_else(|| name.to_owned())?;
    }
    Ok(numbers)
}

/// The points in both spellings: those with a number by it, those without in their order.
fn points<'a>(element: &Element<'a>, rest: &mut Vec<Element<'a>>) -> Result<(Vec<Point>, Spelling), String> {
    let mut numbered: BTreeMap<u64, [Option<f64>; 2]> = BTreeMap::new();
    let mut plain: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for child in &element.children {
        let Some((axis, index)) = axis_of(&child.name) else {
            rest.push(child.clone());
            continue;
        };
        let value = number(&child.text).ok_or_else(|| said(child))?;
        match index {
            None => plain[axis].push(value),
            Some(index) => {
                let slot = &mut numbered.entry(index).or_default()[axis];
                if slot.replace(value).is_some() {
                    return Err(child.name.to_string());
                }
            }
        }
    }
    let [x, y] = plain;
    if x.len() != y.len() {
        return Err(if x.len() < y.len() { "x" } else { "y" }.to_owned());
    }
    let spelling = if x.is_empty() { Spelling::Numbered } else { Spelling::Plain };
    let mut points: Vec<Point> = x.into_iter().zip(y).map(|(x, y)| [x, y]).collect();
    for (index, pair) in numbered {
        match pair {
            [Some(x), Some(y)] => points.push([x, y]),
            [None, _] => return Err(format!("x{index}")),
            [_, None] => return Err(format!("y{index}")),
        }
    }
    Ok((points, spelling))
}

/// `x`, `y`, `x1`, `y12`: the axis and the number.
fn axis_of(name: &str) -> Option<(usize, Option<u64>)> {
    let mut characters = name.chars();
    let axis = match characters.next()? {
        'x' | 'X' => 0,
        'y' | 'Y' => 1,
        _ => return None,
    };
    let digits = characters.as_str();
    if digits.is_empty() {
        return Some((axis, None));
    }
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten().map(|number| (axis, Some(number)))
}

fn said(child: &Element<'_>) -> String {
    format!("{}={}", child.name, child.trimmed())
}

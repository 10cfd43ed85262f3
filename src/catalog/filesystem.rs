//! Whether a path lies on a file system whose locks and shared memory SQLite's write-ahead log cannot trust.

use std::path::{Path, PathBuf};

/// File systems that other machines may write to, as `/proc/self/mountinfo` names them.
const NETWORK: [&str; 17] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb2",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "coda",
    "glusterfs",
    "lustre",
    "ncpfs",
    "gpfs",
    "beegfs",
    "davfs",
    "orangefs",
];

/// FUSE file systems that only present what lies on a local disk.
const LOCAL_FUSE: [&str; 6] = ["ntfs", "ntfs-3g", "exfat", "fuse-overlayfs", "gocryptfs", "lxcfs"];

/// The network file system that `path` (absolute, resolved) lies on, or `None` where it is local or unknown.
#[must_use]
pub fn network_file_system(path: &Path) -> Option<String> {
    if let Some(share) = windows_share(path) {
        return Some(share);
    }
    let mounts = std::fs::read("/proc/self/mountinfo").ok()?;
    network_in_mountinfo(&String::from_utf8_lossy(&mounts), path)
}

fn windows_share(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let unc = text.starts_with(r"\\?\UNC\") || (text.starts_with(r"\\") && !text.starts_with(r"\\?\"));
    (cfg!(windows) && unc).then(|| "smb".to_owned())
}

/// Reads the text of `/proc/self/mountinfo`; the deepest mount point above `path` decides, the later of equal ones.
fn network_in_mountinfo(mounts: &str, path: &Path) -> Option<String> {
    let mut deepest: Option<(PathBuf, String)> = None;
    for line in mounts.lines() {
        let Some((mount_point, file_system)) = parse_mount(line) else { continue };
        let is_deeper =
            deepest.as_ref().is_none_or(|(point, _)| mount_point.components().count() >= point.components().count());
        if path.starts_with(&mount_point) && is_deeper {
            deepest = Some((mount_point, file_system));
        }
    }
    deepest.map(|(_, file_system)| file_system).filter(|file_system| is_network(file_system))
}

/// The mount point and type of a line `36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw`.
fn parse_mount(line: &str) -> Option<(PathBuf, String)> {
    let (before, after) = line.split_once(" - ")?;
    let mount_point = before.split(' ').nth(4)?;
    let file_system = after.split(' ').next()?;
    // Spaces, tabs, line ends and backslashes are written in octal.
    let mount_point =
        mount_point.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    Some((PathBuf::from(mount_point), file_system.to_owned()))
}

fn is_network(file_system: &str) -> bool {
    match file_system.strip_prefix("fuse.") {
        Some(kind) => !LOCAL_FUSE.contains(&kind),
        None => NETWORK.contains(&file_system),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /home/ada/bucket rw - fuse.sshfs ada@host:/ rw,user_id=1000
31 22 0:41 / /mnt/my\\040share rw - nfs4 host:/share rw
32 31 254:1 / /mnt/my\\040share/disk rw - xfs /dev/vdb rw
33 22 8:1 / /media/stick rw - fuseblk /dev/sdb1 rw
34 22 0:43 / /mnt/over rw - nfs host:/ rw
35 22 0:44 / /mnt/over rw - tmpfs tmpfs rw
a broken line
";

    fn found(path: &str) -> Option<String> {
        network_in_mountinfo(MOUNTS, Path::new(path))
    }

    #[test]
    fn the_deepest_mount_decides() {
        assert_eq!(found("/home/ada/modelier"), None);
        assert_eq!(found("/home/ada/bucket/modelier").as_deref(), Some("fuse.sshfs"));
        assert_eq!(found("/home/ada/bucket2"), None);
        assert_eq!(found("/mnt/my share/work").as_deref(), Some("nfs4"));
        assert_eq!(found("/mnt/my share/disk/work"), None);
    }

    #[test]
    fn a_mount_over_another_hides_it_and_local_fuse_is_fine() {
        assert_eq!(found("/mnt/over/work"), None);
        assert_eq!(found("/media/stick"), None);
    }
}

//! Rules about an archive as such, which `packhorse-content` checks while it reads.

use crate::lint::rule::rules;

rules! {
    Error PKG_FORMAT: "The bytes are what the extension says.",
        "A tool that goes by the name would fail on them, or read something else.",
        "rename the file to what it is, or pack it again in the format that its name says";
    Error PKG_PATH: "Every path is relative, stays inside the package, and can be written on any host.",
        "A path such as `../etc/passwd` would write outside of the package.",
        "rename it, then pack the folder again from inside, with relative paths only";
    Error PKG_RESERVED: "No path uses a name that Packhorse keeps for itself.",
        "It would meet what Packhorse writes beside the files of a version.",
        "rename it, then pack the folder again";
    Error PKG_DUPLICATE: "No path is there twice.",
        "Which of the two counts depends on the tool that unpacks.",
        "pack into a new archive in place of appending to an old one";
    Error PKG_COLLISION: "No two paths are one on a file system that ignores case or composition.",
        "One would overwrite the other there.",
        "rename one of the two";
    Error PKG_LINK: "Links are relative and stay inside the package; hard links lead to earlier regular files.",
        "What is written through a link that leads out lands outside of the package.",
        "use relative links that stay inside the package, and put files in real folders";
    Error PKG_SPECIAL: "There are no devices, FIFOs or sockets.",
        "They mean something on the machine that packed them, and nothing on a host.",
        "let the install script create it on the host";
    Error PKG_SIZE: "Sizes are told once, and are true.",
        "An archive that contradicts itself shows different content to different tools.",
        "pack it again with a common tool such as tar or zip";
    Error PKG_ZIP: "The list at the end of a zip tells the same as its entries.",
        "An archive that contradicts itself shows different content to different tools.",
        "pack it again with a common tool such as zip";
    Error PKG_UNSUPPORTED: "Nothing in the archive needs a feature that is not read: encryption, sparse files, volumes.",
        "What is not read cannot be checked.",
        "pack it again without it";
    Error PKG_RATIO: "The archive does not unpack to many times its size.",
        "It would fill the disk of every host.",
        "pack it again without the file that unpacks to so much";
    Error PKG_LIMIT: "The archive keeps within the limits of entries, sizes and paths.",
        "They keep the memory of server and hosts bounded.",
        "split the package, or take out what is not needed";
    Error PKG_TRUNCATED: "The archive is whole.",
        "What is missing would be missed on the hosts.",
        "copy or pack it again";
    Error PKG_TRAILING: "Nothing follows the end of the archive.",
        "It would be carried along, and seen by some tools only.",
        "pack it again";
    Error PKG_CORRUPT: "The archive is not damaged.",
        "What cannot be read cannot be deployed.",
        "copy or pack it again";
    Error PKG_EMPTY: "There is something in it.",
        "There is nothing to deploy otherwise.",
        "check the folder that was packed";
}

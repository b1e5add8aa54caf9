// Files that a person chose or dropped, with their places in the package.

import type { UploadPlace } from "../api/types";
import { joined } from "./paths";

export interface Chosen {
  file: File;
  /** Relative to what was chosen: a file's name, or its path inside a folder. */
  path: string;
}

/** From an input: `webkitRelativePath` tells where in a chosen folder a file lay. */
const chosenOf = (files: Iterable<File>): Chosen[] =>
  Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));

/** Lets a person choose files, or a folder with all that is in it. */
export function choose(what: "files" | "folder"): Promise<Chosen[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = what === "folder";
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(chosenOf(input.files ?? [])));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

/** Where chosen files go as they are. */
export const asFiles = (chosen: Chosen[], directory: string): { file: File; place: UploadPlace }[] =>
  chosen.map(({ file, path }) => ({ file, place: { as: "file", path: joined(directory, path), expect: "absent" } }));

/** Where chosen archives are unpacked. */
export const asArchives = (chosen: Chosen[], directory: string): { file: File; place: UploadPlace }[] =>
  chosen.map(({ file }) => ({ file, place: { as: "archive", file_name: file.name, into: directory, existing: "refuse" } }));

/** Everything in a drop, folders with all that is in them. */
export async function chosenOfDrop(transfer: DataTransfer): Promise<Chosen[]> {
  // The entries have to be taken before anything is awaited: afterwards the browser has forgotten them.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map((entry) => below(entry, "")));
  return found.flat();
}

async function below(entry: FileSystemEntry, directory: string): Promise<Chosen[]> {
  const path = joined(directory, entry.name);
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // A reader gives its entries in parts, and an empty part at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    inside.push(...part);
  }
  return (await Promise.all(inside.map((one) => below(one, path)))).flat();
}

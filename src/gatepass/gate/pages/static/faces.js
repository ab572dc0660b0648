// Two faces side by side, for the guard's eyes: fetched while somebody waits, and gone from the page with them.

import { put, words } from "./texts.js";

const $ = (id) => document.getElementById(id);
let painted = ""; // of whom, which, and in which language
let locked = true;

/** Pictures are told to an unlocked desk only, on this machine as on any other. True where that is another state. */
export function lockFaces(isLocked) {
  const isNews = isLocked !== locked;
  locked = isLocked;
  if (isNews) forgetFaces();
  return isNews;
}

export function forgetFaces() {
  painted = "";
  $("pair").replaceChildren();
  $("faces").hidden = true;
}

export function showFaces({ id, faces = [] }, language) {
  if (faces.length === 0) return forgetFaces();
  $("faces").hidden = false;
  $("faces-locked").hidden = !locked;
  const now = JSON.stringify([id, faces, language, locked]);
  if (now === painted) return;
  painted = now;
  $("pair").replaceChildren(...(locked ? [] : faces.map((which) => face(id, which, language))));
}

function face(id, which, language) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const said = words(`desk.face_${which}`, language);
  put(caption, said, language);
  const picture = new Image();
  picture.alt = said;
  picture.src = `/desk/api/face?${new URLSearchParams({ id, which })}`;
  figure.append(picture, caption);
  return figure;
}

/** A video that lies in the page as base64, as something that can be sought in. */
function clipUrl(holder) {
  const text = holder.firstChild.data;
  holder.remove();
  return URL.createObjectURL(new Blob([decoded(text)], { type: "video/mp4" }));
}

function decoded(text) {
  // Younger browsers do it at once.
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  return bytes;
}

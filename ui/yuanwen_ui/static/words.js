// The interface's language and the phrases that scripts show in it.

const fetched = new Map();

export function language() {
  const checked = document.querySelector("#yw-language input:checked");
  return checked ? checked.value : "en";
}

export async function words() {
  const tongue = language();
  if (!fetched.has(tongue)) {
    const answer = fetch(`./yuanwen/words?language=${encodeURIComponent(tongue)}`).then((reply) => reply.json());
    answer.catch(() => fetched.delete(tongue));
    fetched.set(tongue, answer);
  }
  return fetched.get(tongue);
}

// "{n} files" with the values of an object in its places.
export function filled(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

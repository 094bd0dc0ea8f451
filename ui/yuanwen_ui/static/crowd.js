// When more are asking than may wait, Gradio would say so in English; the page says it in its own language.

import { words } from "./words.js";

const send = window.fetch.bind(window);

window.fetch = async (...request) => {
  const reply = await send(...request);
  const place = new URL(request[0]?.url ?? request[0], document.baseURI).pathname;
  if (reply.status !== 503 || !place.endsWith("/queue/join")) return reply;
  const detail = (await words()).busy;
  // Gradio shows the detail of this status to the visitor as it is.
  return new Response(JSON.stringify({ detail }), { status: 422, headers: { "content-type": "application/json" } });
};

// Writes one step as the Messages API would: a JSON body or a stream of server-sent events.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const kUsage = {
  input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 10,
  service_tier: 'standard',
};

const new_id = (prefix) => `${prefix}_${randomUUID().replaceAll('-', '')}`;

export function send_json(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function send_error(response, error) {
  const { status, type = 'api_error', message = 'scripted error', headers = {} } = error;
  send_json(response, status, { type: 'error', error: { type, message } }, headers);
}

function blocks_of(step) {
  if (step.content) {
    return step.content.map((block) =>
      block.type === 'tool_use' && !block.id ? { ...block, id: new_id('toolu') } : block);
  }
  const calls = step.tool ? [{ tool: step.tool, input: step.input }] : step.tools ?? [];
  return [
    ...(step.thinking ? [{ type: 'thinking', thinking: step.thinking, signature: 'scripted' }] : []),
    ...(step.text !== undefined ? [{ type: 'text', text: String(step.text) }] : []),
    ...calls.map(({ tool, input }) =>
      ({ type: 'tool_use', id: new_id('toolu'), name: tool, input: input ?? {} })),
  ];
}

function message_of(step, request) {
  const content = blocks_of(step);
  const calls = content.some((block) => block.type === 'tool_use');
  return {
    id: new_id('msg'), type: 'message', role: 'assistant', model: step.model ?? request.model,
    content, stop_reason: step.stop_reason ?? (calls ? 'tool_use' : 'end_turn'),
    stop_sequence: null, usage: { ...kUsage, ...step.usage },
  };
}

function text_deltas(text, step) {
  const parts = step.drip_ms ? text.match(/\S+\s*/g) ?? [''] : [text];
  return parts.map((part) => ({ type: 'text_delta', text: part }));
}

// The opening block and the deltas that fill it.
function parts_of(block, step) {
  if (block.type === 'text') {
    return [{ type: 'text', text: '' }, text_deltas(block.text, step)];
  }
  if (block.type === 'tool_use') {
    const { raw_input, ...call } = block;
    const partial_json = raw_input ?? JSON.stringify(block.input ?? {});
    return [{ ...call, input: {} }, [{ type: 'input_json_delta', partial_json }]];
  }
  if (block.type === 'thinking') {
    return [{ type: 'thinking', thinking: '', signature: '' },
      [{ type: 'thinking_delta', thinking: block.thinking },
        { type: 'signature_delta', signature: block.signature ?? 'scripted' }]];
  }
  return [block, []];
}

function* events_of(message, step) {
  const opening = { ...message, content: [], stop_reason: null,
    usage: { ...message.usage, output_tokens: 1 } };
  yield ['message_start', { message: opening }];
  if (step.hang) return yield ['hang'];
  for (const [index, block] of message.content.entries()) {
    const [content_block, deltas] = parts_of(block, step);
    yield ['content_block_start', { index, content_block }];
    for (const delta of deltas) yield ['content_block_delta', { index, delta }];
    yield ['content_block_stop', { index }];
    if (step.stream_error) return yield ['error', { error: step.stream_error }];
  }
  const { stop_reason, usage } = message;
  yield ['message_delta', { delta: { stop_reason, stop_sequence: null }, usage }];
  yield ['message_stop', {}];
}

// Resolves once the text has left the process, so that a cut comes after what was written.
function write(response, text) {
  return new Promise((resolve) => response.write(text, resolve));
}

async function stream(response, message, step) {
  response.writeHead(200, {
    'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...step.headers });
  let sent = 0;
  for (const [type, data] of events_of(message, step)) {
    if (type === 'hang') return;
    if (step.cut_after === sent) response.destroy();
    if (response.destroyed) return;
    await write(response, `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    sent += 1;
    if (step.drip_ms) await sleep(step.drip_ms);
  }
  response.end();
}

/// Answers `request` (the parsed body) with `step`, whose references are filled in already.
export async function play(response, request, step) {
  if (step.hang === 'request') return;
  if (step.delay_ms) await sleep(step.delay_ms);
  if (step.error) {
    send_error(response, step.error);
    return;
  }
  const message = message_of(step, request);
  if (request.stream) await stream(response, message, step);
  else send_json(response, 200, message, step.headers);
}

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';

import { ModelServer } from './server.mjs';
import { Script, ScriptError } from './script.mjs';

const kDemo = new URL('demo.json', import.meta.url).pathname;
const kServer = new URL('server.mjs', import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), 'scripted-model-'));
after(() => rmSync(root, { recursive: true }));

const user = (content) => ({ role: 'user', content });
const envelope = (from, body, id = 1, kind = 'agent') =>
  `<<<message n0nce id=${id} from=${from} kind=${kind} time=2026-01-01T00:00:00Z>>>\n` +
  `${body}\n<<<end n0nce>>>`;

async function with_server(source, use, options = {}) {
  const script = typeof source === 'string' ? Script.load(source) : new Script(source);
  const server = new ModelServer({ script, ...options });
  const port = await server.listen(0);
  try {
    await use(client(port));
  } finally {
    await server.close();
  }
}

function client(port) {
  const ask = (agent, body, headers = {}) =>
    fetch(`http://127.0.0.1:${port}${agent && `/${agent}`}/v1/messages?beta=true`, {
      method: 'POST', headers, body: typeof body === 'string' ? body :
        JSON.stringify({ model: 'm', max_tokens: 1000, ...body }) });
  const say = async (agent, ...messages) => (await ask(agent, { messages })).json();
  return { ask, say, port };
}

// Plays a whole turn: every tool call is answered with what `on_call` gives.
async function play_turn(api, agent, prompt, on_call = () => 'ok') {
  const messages = [user(prompt)];
  const calls = [];
  for (;;) {
    const answer = await api.say(agent, ...messages);
    assert.equal(answer.type, 'message', JSON.stringify(answer));
    messages.push({ role: 'assistant', content: answer.content });
    const made = answer.content.filter((block) => block.type === 'tool_use');
    if (made.length === 0) return { calls, messages, text: answer.content[0].text };
    calls.push(...made);
    messages.push(user(made.map((call) =>
      ({ type: 'tool_result', tool_use_id: call.id, content: on_call(call) }))));
  }
}

const one_rule = (...steps) => ({ agents: { '*': { rules: [{ steps }] } } });

describe('a turn', () => {
  test('plays the steps of the first rule that matches', () => with_server({
    agents: { alice: { rules: [
      { when: 'weather', steps: [{ text: 'sunny' }] }, { steps: [{ text: 'what?' }] }] } },
  }, async ({ say }) => {
    assert.equal((await say('alice', user('the weather?'))).content[0].text, 'sunny');
    assert.equal((await say('alice', user('hello'))).content[0].text, 'what?');
  }));

  test('goes on after a tool result, also on another server', async () => {
    const source = one_rule({ tool: 'look', input: { at: 'sky' } }, { text: 'saw ${result}' });
    let messages;
    await with_server(source, async ({ say }) => {
      const answer = await say('a', user('look'));
      assert.equal(answer.stop_reason, 'tool_use');
      assert.deepEqual(answer.content[0].input, { at: 'sky' });
      messages = [user('look'), { role: 'assistant', content: answer.content },
        user([{ type: 'tool_result', tool_use_id: answer.content[0].id, content: 'a cloud' }])];
    });
    await with_server(source, async ({ say }) => {
      assert.equal((await say('a', ...messages)).content[0].text, 'saw a cloud');
    });
  });

  test('starts again with the next prompt of the session', () => with_server(
    one_rule({ tool: 'look' }, { text: 'end' }), async (api) => {
      const { messages } = await play_turn(api, 'a', 'first');
      const next = await api.say('a', ...messages, user('second'));
      assert.equal(next.content[0].name, 'look');
    }));

  test('is not misled by what the CLI adds to a request', () => with_server(
    one_rule({ tool: 'look' }, { text: 'end' }), async ({ say }) => {
      const answer = await say('a',
        user([{ type: 'text', text: 'go' }, { type: 'text', text: '<system-reminder>x' }]),
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'look', input: {} }] },
        user([{ type: 'tool_result', tool_use_id: 't', content: 'x' },
          { type: 'text', text: '<system-reminder>y' }]));
      assert.equal(answer.content[0].text, 'end');
    }));

  test('ends by itself when the steps are used up', () => with_server(
    one_rule({ tool: 'look', repeat: 3 }), async (api) => {
      const { calls, text } = await play_turn(api, 'a', 'go');
      assert.equal(calls.length, 3);
      assert.equal(text, 'Done.');
      assert.equal(new Set(calls.map((call) => call.id)).size, 3);
    }));

  test('with several messages plays the rule of each, in order', () => with_server({
    agents: { '*': { rules: [{ when: 'from=(\\w+)', steps: [
      { tool: 'send', input: { to: '$1' } }, { text: 'told $1' }] }] } },
  }, async (api) => {
    const prompt = `2 messages\n${envelope('bob', 'x', 1)}\n${envelope('carol', 'y', 2)}`;
    const { calls, text } = await play_turn(api, 'a', prompt);
    assert.deepEqual(calls.map((call) => call.input.to), ['bob', 'carol']);
    assert.equal(text, 'told carol');
  }));

  test('passes over what no rule speaks of', () => with_server({
    agents: { '*': { rules: [{ when: 'from=bob', steps: [{ tool: 'send' }, { text: 'told' }] }] } },
  }, async (api) => {
    const kick = envelope('system', 'you were restarted', 2, 'system');
    const { calls } = await play_turn(api, 'a', `${envelope('bob', 'x')}\n${kick}`);
    assert.equal(calls.length, 1);
    assert.equal((await play_turn(api, 'a', kick)).text, 'Done.');
  }));

  test('can be matched by the whole prompt and by its number', () => with_server({
    agents: { '*': { rules: [
      { scope: 'prompt', when: 'cut off', steps: [{ text: 'again' }] },
      { turn: 2, steps: [{ text: 'second' }] }, { steps: [{ text: 'other' }] }] } },
  }, async ({ say }) => {
    const answer = { role: 'assistant', content: [{ type: 'text', text: 'x' }] };
    const text = async (...messages) => (await say('a', ...messages)).content[0].text;
    assert.equal(await text(user(`was cut off\n${envelope('bob', 'x')}`)), 'again');
    assert.equal(await text(user('one')), 'other');
    assert.equal(await text(user('one'), answer, user('two')), 'second');
  }));
});

describe('values', () => {
  test('keep their type when they stand alone', () => with_server({
    agents: { '*': { rules: [{ when: 'remind (\\d+)', steps: [
      { tool: 'remind', input: { in_seconds: '${number:1}', body: '$$1 for ${agent}' } },
      { tool: 'cancel', input: { id: '${result.id}', note: 'was ${result.id}' } }] }] } },
  }, async (api) => {
    const { calls } = await play_turn(api, 'alice', 'remind 60', () => '{"id":7}');
    assert.deepEqual(calls[0].input, { in_seconds: 60, body: '$1 for alice' });
    assert.deepEqual(calls[1].input, { id: 7, note: 'was 7' });
  }));

  test('that are not there are told to the client', () => with_server(
    one_rule({ text: '${result}' }), async ({ say }) => {
      const answer = await say('a', user('x'));
      assert.equal(answer.type, 'error');
      assert.match(answer.error.message, /before any tool result/);
    }));
});

describe('trouble', () => {
  test('errors carry status, type and headers, as often as said', () => with_server(
    one_rule({ error: { status: 529, type: 'overloaded_error', headers: { 'retry-after': '0' } },
      times: 2, text: 'late' }), async ({ ask }) => {
      const body = { messages: [user('x')] };
      const first = await ask('a', body);
      assert.equal(first.status, 529);
      assert.equal(first.headers.get('retry-after'), '0');
      assert.equal((await first.json()).error.type, 'overloaded_error');
      assert.equal((await ask('a', body)).status, 529);
      assert.equal((await (await ask('a', body)).json()).content[0].text, 'late');
    }));

  test('a cut ends the connection inside the stream', () => with_server(
    one_rule({ text: 'never whole', cut_after: 2 }), async ({ ask }) => {
      const response = await ask('a', { stream: true, messages: [user('x')] });
      await assert.rejects(response.text());
    }));

  test('a hang answers nothing until the server stops', async () => {
    let pending;
    await with_server(one_rule({ hang: 'request' }), async ({ ask, port }) => {
      pending = ask('a', { messages: [user('x')] }).then(() => 'answered', () => 'closed');
      assert.equal((await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' })).status, 200);
    });
    assert.equal(await pending, 'closed');
  });

  test('malformed requests are answered and harm nothing', () => with_server(
    one_rule({ text: 'fine' }), async ({ ask, say, port }) => {
      assert.equal((await ask('a', '{')).status, 400);
      assert.equal((await fetch(`http://127.0.0.1:${port}/v2`)).status, 404);
      assert.equal((await say('a', user('x'))).content[0].text, 'fine');
    }));
});

describe('the stream', () => {
  test('carries text, tool calls and usage as the API does', () => with_server(
    one_rule({ text: 'one two', tool: 'look', input: { a: 1 }, drip_ms: 1,
      usage: { output_tokens: 77 } }), async ({ ask }) => {
      const response = await ask('a', { stream: true, messages: [user('x')] });
      const events = (await response.text()).trim().split('\n\n')
        .map((event) => JSON.parse(event.split('\ndata: ')[1]));
      const deltas = events.filter((event) => event.type === 'content_block_delta')
        .map((event) => event.delta.text ?? event.delta.partial_json);
      assert.deepEqual(deltas, ['one ', 'two', '{"a":1}']);
      const last = events.find((event) => event.type === 'message_delta');
      assert.equal(last.usage.output_tokens, 77);
      assert.equal(last.delta.stop_reason, 'tool_use');
      assert.equal(events.at(-1).type, 'message_stop');
    }));
});

describe('the demo', () => {
  test('greets the operator', () => with_server(kDemo, async (api) => {
    const { calls } = await play_turn(api, 'manager', envelope('operator', 'hello', 1, 'operator'));
    assert.equal(calls.length, 1);
    assert.equal(calls[0].name, 'mcp__hyperhive__send');
    assert.equal(calls[0].input.to, 'operator');
    assert.match(calls[0].input.body, /hello/);
  }));

  test('asks alice, who answers, which the operator hears, and then all is quiet', () =>
    with_server(kDemo, async (api) => {
      const sent = async (agent, from, body) =>
        (await play_turn(api, agent, envelope(from, body))).calls.map((call) => call.input);
      const [question] = await sent('manager', 'operator', 'ask alice how she is');
      assert.equal(question.to, 'alice');
      const [answer] = await sent('alice', 'manager', question.body);
      assert.equal(answer.to, 'manager');
      const [news] = await sent('manager', 'alice', answer.body);
      assert.equal(news.to, 'operator');
      assert.match(news.body, /^alice says: Here is alice/);
      assert.deepEqual(await sent('bob', 'alice', answer.body), []);
    }));

  test('is quiet on a kick', () => with_server(kDemo, async (api) => {
    for (const agent of ['manager', 'alice']) {
      const kick = envelope('system', 'you were just (re)started', 1, 'system');
      assert.deepEqual((await play_turn(api, agent, kick)).calls, []);
    }
  }));
});

describe('the script', () => {
  const refused = (source, message) => assert.throws(() => new Script(source), (problem) =>
    problem instanceof ScriptError && message.test(problem.message));

  test('is refused with the place named', () => {
    refused({ agents: { a: { rules: [{ steps: [{ txt: 'x' }] }] } } },
      /agents\.a\.rules\[0\]\.steps\[0\] has the unknown member "txt"/);
    refused({ agents: { a: { rules: [{ when: '(', steps: [] }] } } }, /rules\[0\]\.when is not/);
    refused({ agents: { a: {} } }, /agents\.a\.rules must be a list/);
    refused({}, /agents must be an object/);
  });
});

describe('the program', () => {
  test('writes port and log, lets in one key, keeps keys out of the log', async () => {
    const file = (name) => join(root, name);
    writeFileSync(file('key'), 'the-secret\n');
    const child = spawn(process.execPath, [kServer, '--script', kDemo, '--port-file', file('port'),
      '--log', file('log'), '--key-file', file('key')]);
    await once(child.stdout, 'data');
    const { ask } = client(Number(readFileSync(file('port'), 'utf8')));
    const body = { messages: [user('hi')] };
    assert.equal((await ask('bob', body, { 'x-api-key': 'wrong' })).status, 401);
    assert.equal((await ask('bob', body, { 'x-api-key': 'the-secret' })).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    const log = readFileSync(file('log'), 'utf8');
    assert.doesNotMatch(log, /the-secret/);
    assert.equal(JSON.parse(log.trim().split('\n').at(-1)).agent, 'bob');
  });

  test('says what is wrong with a script and exits 1', async () => {
    writeFileSync(join(root, 'bad.json'), '{');
    const child = spawn(process.execPath, [kServer, '--script', join(root, 'bad.json')]);
    const [text] = await once(child.stderr, 'data');
    assert.match(String(text), /bad\.json cannot be read/);
    assert.deepEqual(await once(child, 'exit'), [1, null]);
  });
});

#!/usr/bin/env node
// The Messages API on 127.0.0.1, playing a script. README.md describes script and options.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { play, send_error, send_json } from './answer.mjs';
import { read_conversation } from './conversation.mjs';
import { Script, ScriptError } from './script.mjs';
import { fill } from './values.mjs';

const kBodyLimit = 64 * 1024 * 1024;  // bytes
const kSecretHeaders = ['x-api-key', 'authorization', 'cookie'];
const kTroubles = ['error', 'hang', 'cut_after', 'stream_error'];
const kAuxiliary = { quota: 'ok', title: '{"title":"scripted"}' };

async function read_body(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > kBodyLimit) throw new Error('the body is over 64 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function split_path(url) {
  const path = new URL(url, 'http://127.0.0.1').pathname;
  const match = /^(?:\/([^/]+))?(\/v1\/messages(?:\/count_tokens)?)$/.exec(path);
  return match ? { agent: decodeURIComponent(match[1] ?? ''), route: match[2] } : null;
}

export class ModelServer {
  /// options: {script: Script, log: file or undefined, key: the only key that is let in, or
  /// undefined for any}
  constructor(options) {
    this.options_ = options;
    this.attempts_ = new Map();
    this.requests_ = 0;
    this.server_ = createServer((request, response) => {
      this.handle(request, response).catch((problem) => this.refuse(response, problem));
    });
  }

  /// Resolves with the port. 0 takes a free one.
  listen(port) {
    return new Promise((resolve, reject) => {
      this.server_.once('error', reject);
      this.server_.listen(port, '127.0.0.1', () => resolve(this.server_.address().port));
    });
  }

  /// Ends parked requests too.
  close() {
    return new Promise((resolve) => {
      this.server_.close(resolve);
      this.server_.closeAllConnections();
    });
  }

  log(entry) {
    if (!this.options_.log) return;
    appendFileSync(this.options_.log,
      JSON.stringify({ time: new Date().toISOString(), ...entry }) + '\n');
  }

  refuse(response, problem) {
    this.log({ problem: problem.message });
    if (!(problem instanceof ScriptError)) console.error(problem);
    if (response.headersSent) response.destroy();
    else send_error(response, { status: 400, type: 'invalid_request_error',
      message: problem.message, headers: { 'x-should-retry': 'false' } });
  }

  async handle(request, response) {
    const number = ++this.requests_;
    const where = split_path(request.url);
    response.setHeader('request-id', `req_${number}`);
    if (request.method === 'HEAD') return void response.writeHead(200).end();
    if (!where || request.method !== 'POST') {
      const message = `no such route: ${request.method} ${request.url}`;
      return send_error(response, { status: 404, type: 'not_found_error', message });
    }
    const text = await read_body(request);
    if (!this.is_let_in(request.headers)) {
      this.log({ number, agent: where.agent, refused: 'key' });
      const message = 'invalid x-api-key';
      return send_error(response, { status: 401, type: 'authentication_error', message });
    }
    if (where.route.endsWith('/count_tokens')) {
      return send_json(response, 200, { input_tokens: Math.ceil(text.length / 4) });
    }
    const body = parse(text);
    if (!body) return send_error(response, { status: 400, type: 'invalid_request_error',
      message: 'the body is not a JSON object' });
    await this.answer(response, { number, agent: where.agent, body, headers: request.headers });
  }

  is_let_in(headers) {
    const key = this.options_.key;
    return !key || headers['x-api-key'] === key || headers.authorization === `Bearer ${key}`;
  }

  async answer(response, { number, agent, body, headers }) {
    const state = read_conversation(body);
    const { step, rule } = this.choose(agent, state);
    const shown = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !kSecretHeaders.includes(name)));
    this.log({ number, agent, kind: state.kind, turn: state.turn, index: state.index, rule,
      prompt: state.prompt, result: state.result, step, headers: shown, body });
    response.on('close', () => {
      if (!response.writableEnded) this.log({ number, agent, closed: 'by the client or a cut' });
    });
    await play(response, body, step);
  }

  choose(agent, state) {
    if (kAuxiliary[state.kind]) return { step: { text: kAuxiliary[state.kind] }, rule: state.kind };
    if (state.kind === 'compact') {
      return { step: this.options_.script.agent(agent).compact, rule: 'compact' };
    }
    const plan = this.options_.script.plan(agent, state.prompt, state.turn);
    const entry = plan[state.index];
    if (!entry) return { step: { text: 'Done.' }, rule: 'end' };
    const scope = { agent, prompt: state.prompt, result: state.result, ...entry };
    return { step: fill(this.without_spent_trouble(agent, state, entry.step), scope),
      rule: entry.rule };
  }

  // `times` bounds how often a step's trouble is played; this is the one thing that is counted here
  // and not read from the request.
  without_spent_trouble(agent, state, step) {
    if (step.times === undefined) return step;
    const key = createHash('sha256')
      .update(JSON.stringify([agent, state.turn, state.index, state.prompt])).digest('hex');
    const attempt = (this.attempts_.get(key) ?? 0) + 1;
    this.attempts_.set(key, attempt);
    if (attempt <= step.times) return step;
    return Object.fromEntries(Object.entries(step).filter(([name]) => !kTroubles.includes(name)));
  }
}

const kHelp = `usage: server.mjs --script FILE [--port N] [--port-file FILE] [--log FILE] [--key-file FILE]
Plays FILE as the Messages API on 127.0.0.1. The format is described in README.md beside this file.
  --port N          0 (the default) takes a free one; it is printed
  --port-file FILE  the port is written there once requests are taken
  --log FILE        one JSON line for each request, without keys
  --key-file FILE   requests with another key are answered 401`;

function write_whole(file, text) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

async function main() {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: {
    script: text, port: text, 'port-file': text, log: text, 'key-file': text,
    help: { type: 'boolean' } } });
  if (values.help || !values.script) {
    console.log(kHelp);
    process.exit(values.help ? 0 : 2);
  }
  const key = values['key-file'] && readFileSync(values['key-file'], 'utf8').trim();
  const server = new ModelServer({ script: Script.load(values.script), log: values.log, key });
  const port = await server.listen(Number(values.port ?? 0));
  if (values['port-file']) write_whole(values['port-file'], `${port}\n`);
  console.log(`the scripted model listens on http://127.0.0.1:${port}`);
  const stop = () => server.close().then(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

if (import.meta.filename === process.argv[1]) {
  main().catch((problem) => {
    console.error(problem instanceof ScriptError ? problem.message : problem);
    process.exit(1);
  });
}

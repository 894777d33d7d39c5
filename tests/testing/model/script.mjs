// A script: which rule plays for which message. Loading, checking, and the plan of one turn.
// The format is described in README.md.
import { readFileSync } from 'node:fs';

const kEnvelope = '<<<message (\\S+)[^\\n]*>>>\\n[\\s\\S]*?\\n<<<end \\1>>>';
const kScriptMembers = ['agents', 'message', 'comment'];
const kAgentMembers = ['rules', 'compact', 'comment'];
const kRuleMembers = ['name', 'when', 'scope', 'turn', 'steps', 'comment'];
const kStepMembers = [
  'text', 'tool', 'input', 'tools', 'content', 'thinking', 'usage', 'stop_reason', 'model',
  'headers', 'delay_ms', 'drip_ms', 'error', 'hang', 'cut_after', 'stream_error', 'times',
  'repeat', 'comment',
];

/// Thrown for a script that cannot be played; the message names the place.
export class ScriptError extends Error {}

function fail(place, problem) {
  throw new ScriptError(`script: ${place} ${problem}`);
}

function check_members(place, value, known) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    fail(place, 'must be an object');
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) fail(place, `has the unknown member "${name}"`);
  }
}

function compile(place, pattern, flags) {
  if (typeof pattern !== 'string') fail(place, 'must be a regular expression in a string');
  try {
    return new RegExp(pattern, flags);
  } catch (problem) {
    return fail(place, `is not a regular expression: ${problem.message}`);
  }
}

function check_step(place, step) {
  check_members(place, step, kStepMembers);
  if (step.hang !== undefined && !['request', 'stream'].includes(step.hang)) {
    fail(`${place}.hang`, 'must be "request" or "stream"');
  }
  if (step.error && !Number.isInteger(step.error.status)) {
    fail(`${place}.error.status`, 'must be an HTTP status');
  }
  if (step.input !== undefined && step.tool === undefined) fail(place, 'has "input" without "tool"');
  if (step.repeat !== undefined && !(Number.isInteger(step.repeat) && step.repeat >= 1)) {
    fail(`${place}.repeat`, 'must be a whole number from 1');
  }
}

function load_rule(place, rule) {
  check_members(place, rule, kRuleMembers);
  if (!Array.isArray(rule.steps)) fail(`${place}.steps`, 'must be a list');
  rule.steps.forEach((step, index) => check_step(`${place}.steps[${index}]`, step));
  if (rule.scope !== undefined && !['message', 'prompt'].includes(rule.scope)) {
    fail(`${place}.scope`, 'must be "message" or "prompt"');
  }
  return {
    name: rule.name ?? place,
    scope: rule.scope ?? 'message',
    turn: rule.turn,
    when: rule.when === undefined ? /^[^]*$/ : compile(`${place}.when`, rule.when, 'm'),
    steps: rule.steps.flatMap((step) => Array(step.repeat ?? 1).fill(step)),
  };
}

function load_agent(name, agent) {
  const place = `agents.${name}`;
  check_members(place, agent, kAgentMembers);
  if (!Array.isArray(agent.rules)) fail(`${place}.rules`, 'must be a list');
  if (agent.compact) check_step(`${place}.compact`, agent.compact);
  return {
    compact: agent.compact ?? { text: '<summary>Nothing of note happened.</summary>' },
    rules: agent.rules.map((rule, index) => load_rule(`${place}.rules[${index}]`, rule)),
  };
}

export class Script {
  constructor(source) {
    check_members('the top level', source, kScriptMembers);
    check_members('agents', source.agents, Object.keys(source.agents ?? {}));
    this.message_ = compile('message', source.message ?? kEnvelope, 'g');
    this.agents_ = new Map(
      Object.entries(source.agents).map(([name, agent]) => [name, load_agent(name, agent)]));
  }

  static load(file) {
    let source;
    try {
      source = JSON.parse(readFileSync(file, 'utf8'));
    } catch (problem) {
      throw new ScriptError(`script: ${file} cannot be read: ${problem.message}`);
    }
    return new Script(source);
  }

  /// The entry of `name`, else that of "*". Throws where neither is there.
  agent(name) {
    const found = this.agents_.get(name) ?? this.agents_.get('*');
    return found ?? fail(`agents.${name}`, 'is not there, nor is "*"; add one of them');
  }

  /// What the model does in the turn of `prompt`: a list of {step, rule, groups}. A prompt with
  /// several messages plays the rule of each, in their order; one that no rule matches adds nothing.
  plan(name, prompt, turn) {
    const rules = this.agent(name).rules.filter((rule) => !rule.turn || rule.turn === turn);
    const whole = first_match(rules, 'prompt', prompt);
    if (whole) return whole;
    const messages = prompt.match(this.message_) ?? [prompt];
    const parts = messages.map((message) => first_match(rules, 'message', message) ?? []);
    return parts.flatMap((part, index) => (index + 1 < parts.length ? without_end(part) : part));
  }
}

function first_match(rules, scope, text) {
  for (const rule of rules) {
    const match = rule.scope === scope ? rule.when.exec(text) : null;
    if (match) return rule.steps.map((step) => ({ step, rule: rule.name, match, message: text }));
  }
  return null;
}

function ends_turn(step) {
  return !step.tool && !step.tools && !step.error && !step.hang && !step.stream_error &&
    !(step.content ?? []).some((block) => block.type === 'tool_use');
}

// A message that is not the last of its prompt must not end the turn.
function without_end(part) {
  return part.filter((entry) => !ends_turn(entry.step));
}

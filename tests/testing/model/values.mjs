// Fills captured groups and tool results into the strings of a step.
import { ScriptError } from './script.mjs';

const kReference = /\$(?:(\$)|(\d+)|<(\w+)>|\{([^}]+)\})/g;

function member(value, path, reference) {
  let found = value;
  for (const name of path) found = found?.[name];
  if (found === undefined) throw new ScriptError(`script: ${reference} is not in the tool result`);
  return found;
}

function of_result(scope, path, reference) {
  if (!scope.result) throw new ScriptError(`script: ${reference} is used before any tool result`);
  if (path.length === 0) return scope.result.text;
  let value;
  try {
    value = JSON.parse(scope.result.text);
  } catch {
    throw new ScriptError(`script: ${reference} wants JSON, the tool result is not: ` +
      scope.result.text.slice(0, 200));
  }
  return member(value, path, reference);
}

function of_group(scope, name, reference) {
  const found = /^\d+$/.test(name) ? scope.match[Number(name)] : scope.match.groups?.[name];
  if (found === undefined) throw new ScriptError(`script: ${reference} captured nothing`);
  return found;
}

function of_name(scope, name, reference) {
  const [head, ...path] = name.split('.');
  if (head === 'result') return of_result(scope, path, reference);
  if (head === 'agent') return scope.agent;
  if (head === 'message') return scope.message;
  if (head === 'prompt') return scope.prompt;
  if (head.startsWith('number:')) return Number(of_group(scope, head.slice(7), reference));
  throw new ScriptError(`script: ${reference} is not known; see README.md`);
}

function resolve(scope, reference, [dollar, number, group, name]) {
  if (dollar) return '$';
  if (number) return of_group(scope, number, reference);
  return group ? of_group(scope, group, reference) : of_name(scope, name, reference);
}

function fill_text(text, scope) {
  const only = [...text.matchAll(kReference)];
  // A string that is one reference and nothing else keeps the type of what it stands for.
  if (only.length === 1 && only[0][0] === text) return resolve(scope, text, only[0].slice(1));
  return text.replace(kReference, (reference, ...parts) => {
    const value = resolve(scope, reference, parts);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/// `value` with every reference in its strings replaced. scope: {agent, prompt, message, match,
/// result}.
export function fill(value, scope) {
  if (typeof value === 'string') return fill_text(value, scope);
  if (Array.isArray(value)) return value.map((item) => fill(item, scope));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, scope)]));
}

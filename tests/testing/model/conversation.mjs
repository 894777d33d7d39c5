// What a request of the CLI says about where its turn stands. Nothing is kept between requests, so
// that a restart of the CLI or of this server changes nothing.

// Text that the CLI adds by itself; a prompt never begins like this.
const kNotAPrompt = /^\s*(<system-reminder>|\[Request interrupted|\[Tool call interrupted)/;
const kCompaction = /create a detailed summary of (the|our|this) conversation/i;

function blocks_of(message) {
  if (typeof message.content === 'string') return [{ type: 'text', text: message.content }];
  return Array.isArray(message.content) ? message.content : [];
}

function prompt_in(message) {
  if (message.role !== 'user') return null;
  const texts = blocks_of(message)
    .filter((block) => block.type === 'text' && !kNotAPrompt.test(block.text))
    .map((block) => block.text);
  return texts.length > 0 ? texts[texts.length - 1] : null;
}

function text_of(content) {
  if (typeof content === 'string') return content;
  return (content ?? []).filter((block) => block.type === 'text').map((block) => block.text)
    .join('\n');
}

function last_result(messages) {
  const results = messages.flatMap(blocks_of).filter((block) => block.type === 'tool_result');
  const last = results[results.length - 1];
  return last ? { text: text_of(last.content), is_error: last.is_error === true } : null;
}

/// {kind: 'turn' | 'compact' | 'quota' | 'title', prompt, turn, index, result}
/// prompt: the last text of the operator's side. turn: its number in the session, from 1.
/// index: how many answers the model gave since. result: the last tool result since, or null.
export function read_conversation(request) {
  const messages = request.messages ?? [];
  const prompts = messages.map(prompt_in);
  const at = prompts.findLastIndex((prompt) => prompt !== null);
  const after = messages.slice(at + 1);
  const prompt = prompts[at] ?? '';
  return {
    kind: kind_of(request, prompt),
    prompt,
    turn: prompts.filter((text) => text !== null).length,
    index: after.filter((message) => message.role === 'assistant').length,
    result: last_result(after),
  };
}

function kind_of(request, prompt) {
  if (request.max_tokens === 1) return 'quota';
  if (request.output_config?.format) return 'title';
  if (kCompaction.test(prompt)) return 'compact';
  return 'turn';
}

#include "wake/envelope.hpp"

namespace hive::harness {
namespace {

constexpr int kLongestRun = 2;  // of `<`, one less than a fence has
constexpr std::string_view kHiddenNonce = "[nonce]";

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

/// A path in quotes that no character of it can leave.
std::string quoted(std::string_view path, std::string_view nonce) {
  std::string text = "\"";
  for (const char c : path) {
    if (c == '"' || c == '<' || c == '>' || c == '\n' || c == '\t')
      text += '?';
    else if (!is_control(c))
      text += c;
  }
  replace_all(text, nonce, kHiddenNonce);
  return text + "\"";
}

/// Senders are validated by the host; a name that is not one is shown as `unknown`.
std::string_view sender(const broker::Message& message) {
  return is_agent_name(message.from) ? std::string_view(message.from) : "unknown";
}

std::string envelope(const broker::Message& message, std::string_view nonce) {
  std::string text = "<<<message " + std::string(nonce) + " id=" + std::to_string(message.id) + " from=";
  text += sender(message);
  text += " kind=";
  text += name_of(message.kind);
  text += " time=" + to_text(message.sent_at);
  if (message.redelivered.value_or(false)) text += " redelivered=true";
  if (message.in_reply_to) text += " in_reply_to=" + std::to_string(*message.in_reply_to);
  if (message.file) text += " file=" + quoted(*message.file, nonce);
  text += ">>>\n" + neutral(message.body, nonce) + "\n<<<end " + std::string(nonce) + ">>>\n";
  return text;
}

std::string count(std::size_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

}  // namespace

std::string neutral(std::string_view body, std::string_view nonce) {
  std::string text;
  text.reserve(body.size() + 16);
  bool line_start = true;
  int run = 0;
  for (const char c : body) {
    if (is_control(c)) continue;
    if (line_start && c == '/') text += ' ';
    if (c == '<' && run == kLongestRun) text += '\\', run = 0;
    text += c;
    run = c == '<' ? run + 1 : 0;
    line_start = c == '\n';
  }
  if (!nonce.empty()) replace_all(text, nonce, kHiddenNonce);
  return text;
}

std::string wake_prompt(const Wake& wake) {
  std::string prompt = "You have " + count(wake.messages.size(), "message") + ".";
  if (wake.waiting > 0)
    prompt +=
        " " + std::to_string(wake.waiting) + " more wait" + (wake.waiting == 1 ? "s" : "") + ": take them with recv.";
  prompt += "\n";
  for (const auto& note : wake.notes) prompt += "Note from the hive: " + neutral(note, wake.nonce) + "\n";
  for (const auto& message : wake.messages) prompt += "\n" + envelope(message, wake.nonce);
  return prompt;
}

}  // namespace hive::harness

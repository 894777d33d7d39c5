#include "request_reader.hpp"

#include <algorithm>
#include <utility>

namespace hive::http {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::size_t kWorthRemoving = 4'096;

}  // namespace

RequestReader::Step RequestReader::step() {
  if (!head_) {
    const auto step = read_head();
    if (step != Step::complete) return step;
  }
  return buffered() < head_->body_bytes ? Step::incomplete : Step::complete;
}

RequestReader::Step RequestReader::read_head() {
  if (!skipped_line_ && unread().starts_with("\r\n")) {
    begin_ += 2;
    skipped_line_ = true;
  }
  const auto text = unread();
  // A client that speaks TLS, or nothing at all that is HTTP, need not be waited for.
  if (!text.empty() && (text[0] < 'A' || text[0] > 'Z') && text != "\r")
    return refuse(400, "the request begins with no method");
  const auto end = text.find(kEnd, searched_);
  const auto least = end == std::string_view::npos ? text.size() - std::min(text.size(), kEnd.size() - 1) : end;
  if (least > limits_.head_bytes)
    return refuse(431, "the head is longer than " + std::to_string(limits_.head_bytes) + " bytes");
  if (end == std::string_view::npos) {
    searched_ = text.size() < kEnd.size() ? 0 : text.size() - kEnd.size() + 1;
    return Step::incomplete;
  }
  auto parsed = parse_head(text.substr(0, end), limits_.head);
  if (auto* refusal = std::get_if<Refusal>(&parsed)) return refuse(refusal->status, std::move(refusal->why));
  head_ = std::move(std::get<Head>(parsed));
  begin_ += end + kEnd.size();
  searched_ = 0;
  return Step::complete;
}

RequestReader::Waiting RequestReader::waiting() const {
  if (head_) return Waiting::body;
  return buffered() == 0 ? Waiting::idle : Waiting::head;
}

bool RequestReader::take_expectation() {
  // One that has begun to send its body waits for nothing.
  return head_ && std::exchange(head_->expects_continue, false) && buffered() == 0;
}

Head RequestReader::take() {
  Head head = std::move(*head_);
  head_.reset();
  skipped_line_ = false;
  head.request.body = unread().substr(0, head.body_bytes);
  begin_ += head.body_bytes;
  if (begin_ == buffer_.size() || begin_ >= kWorthRemoving) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return head;
}

RequestReader::Step RequestReader::refuse(int status, std::string why) {
  refusal_ = {status, std::move(why)};
  buffer_ = {};
  begin_ = searched_ = 0;
  return Step::refused;
}

}  // namespace hive::http

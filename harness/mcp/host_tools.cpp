#include "mcp/host_tools.hpp"

#include <hive/utf8/utf8.hpp>

#include "base/call_key.hpp"
#include "base/nonce.hpp"
#include "json_read.hpp"
#include "mcp/answer.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

/// A client gives up its connection attempt after 30 s.
constexpr std::chrono::milliseconds kListDeadline{25'000};
/// Bytes of a name that is unknown, in the error.
constexpr std::size_t kNamed = 64;

/// Takes what the harness itself answers for out of `arguments`.
Result<Lines> take_lines(json::object& arguments) {
  json::object own;
  for (const auto& field : fields_of<Lines>().members) {
    const auto* given = arguments.if_contains(field.name);
    if (given == nullptr) continue;
    own[field.name] = *given;
    arguments.erase(field.name);
  }
  return decode_value<Lines>(own, Unknown::refuse);
}

}  // namespace

HostTools::HostTools(os::EventLoop& event_loop, HostLink& link, ToolRules rules,
                     std::function<void(std::string)> complain)
    : event_loop_(event_loop),
      link_(link),
      rules_(std::move(rules)),
      complain_(std::move(complain)),
      own_(make_nonce()) {}

HostTools::Ticket HostTools::list(std::function<void(Result<json::array>)> answer) {
  const auto ticket = next_++;
  open_.insert(ticket);
  load(ticket, [this, ticket, answer = std::move(answer)](Status loaded) {
    open_.erase(ticket);
    if (!loaded) return answer(loaded.error());
    json::array shown;
    for (const auto& tool : tools_) shown.push_back(described(tool));
    answer(std::move(shown));
  });
  return ticket;
}

HostTools::Ticket HostTools::call(ToolRequest request, ToolDone answer) {
  const auto ticket = next_++;
  open_.insert(ticket);
  if (const auto* tool = find(request.name)) {
    make_call(ticket, *tool, std::move(request), std::move(answer));
    return ticket;
  }
  // Not known yet, or offered by a plugin since.
  load(ticket, [this, ticket, request = std::move(request), answer = std::move(answer)](Status loaded) {
    if (!loaded) return answer_soon(ticket, answer, ToolAnswer{loaded.error().message, true});
    if (const auto* tool = find(request.name)) return make_call(ticket, *tool, request, answer);
    answer_soon(ticket, answer,
                error(Code::method_not_found, "unknown tool " + std::string(utf8::beginning_of(request.name, kNamed))));
  });
  return ticket;
}

void HostTools::drop(Ticket ticket) {
  open_.erase(ticket);
  if (const auto call = on_the_way_.extract(ticket); !call.empty()) link_.drop(call.mapped());
}

void HostTools::load(Ticket ticket, std::function<void(Status)> done) {
  on_the_way_[ticket] =
      link_.call({.method = "methods.list", .params = "{}", .deadline = kListDeadline, .repeat = Repeat::safe},
                 [this, ticket, done = std::move(done)](Result<std::string> text) {
                   on_the_way_.erase(ticket);
                   if (!text) return done(text.error());
                   auto methods = decode_text<host_api::Methods>(*text, Unknown::ignore);
                   if (!methods) return done(methods.error());
                   tools_ = tools_from(*methods, rules_.role, complain_);
                   done({});
                 });
}

const HostTool* HostTools::find(std::string_view name) const {
  const auto found = std::ranges::find(tools_, name, &HostTool::name);
  return found == tools_.end() ? nullptr : &*found;
}

void HostTools::make_call(Ticket ticket, const HostTool& tool, ToolRequest request, ToolDone answer) {
  if (auto why = refusal(tool, request.arguments); !why.empty())
    return answer_soon(ticket, std::move(answer), ToolAnswer{bounded(tool, std::move(why)), true});
  request.arguments.erase("key");
  const auto lines = tool.lines.empty() ? Result<Lines>(Lines{}) : take_lines(request.arguments);
  if (!lines) return answer_soon(ticket, std::move(answer), ToolAnswer{bounded(tool, lines.error().message), true});
  if (tool.takes_key) request.arguments["key"] = key_for(request, ticket);
  const bool repeatable = tool.takes_key || tool.is_read_only;
  Ask ask{.method = tool.method,
          .params = write_json(request.arguments),
          .deadline = std::chrono::milliseconds(tool.deadline_ms) + rpc::kGrace,
          .repeat = repeatable ? Repeat::safe : Repeat::never};
  on_the_way_[ticket] = link_.call(
      std::move(ask), [this, ticket, tool, lines = *lines, answer = std::move(answer)](Result<std::string> result) {
        on_the_way_.erase(ticket);
        open_.erase(ticket);
        if (!result) return answer(ToolAnswer{bounded(tool, result.error().message), true});
        answer(ToolAnswer{answer_text(tool, *result, lines), false});
      });
}

std::string HostTools::refusal(const HostTool& tool, const json::object& arguments) const {
  if (rules_.allowed_recipients.empty() || (tool.name != "send" && tool.name != "ask")) return {};
  const auto to = text_at(arguments, "to");
  if (to.empty() || to == "manager") return {};
  if (std::ranges::find(rules_.allowed_recipients, to) != rules_.allowed_recipients.end()) return {};
  return std::string(tool.name) + ": you may not write to " + std::string(to) +
         "; send it to manager and say for whom it is, the manager passes it on.";
}

/// The CLI's own name for the use stays the same when it repeats it; other clients get one of ours.
std::string HostTools::key_for(const ToolRequest& request, Ticket ticket) const {
  return call_key(rules_.key_prefix, request.use_id.empty() ? own_ + "-" + std::to_string(ticket) : request.use_id);
}

void HostTools::answer_soon(Ticket ticket, ToolDone answer, Result<ToolAnswer> result) {
  event_loop_.post([this, ticket, answer = std::move(answer), result = std::move(result)] {
    if (open_.erase(ticket) != 0) answer(result);
  });
}

}  // namespace hive::harness

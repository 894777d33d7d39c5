#include "sending.hpp"

#include "attachment.hpp"
#include "reply_size.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::broker {
namespace {

/// A plugin's body may say in `event` that it is a question or a reminder.
Kind kind_of_system(const std::string& body) {
  auto value = parse_json(body);
  if (!value || !value->is_object()) return Kind::system;
  const auto* event = value->get_object().if_contains("event");
  if (event == nullptr || !event->is_string()) return Kind::system;
  if (event->get_string() == "question_asked") return Kind::question;
  if (event->get_string() == "reminder") return Kind::reminder;
  return Kind::system;
}

Draft draft_of(const Caller& who, Party sender, const Send& what) {
  Draft draft;
  draft.sender = std::move(sender);
  draft.body = what.body;
  draft.in_reply_to = what.in_reply_to;
  draft.key = what.key;
  draft.sent_at = wall_time();
  if (who.who() == Who::operators) draft.kind = Kind::operator_;
  if (who.who() != Who::plugins) return draft;
  if (draft.key) draft.key = draft.sender.name + ":" + *draft.key;  // all plugins send as one sender
  draft.sender = std::string(kSystem);
  draft.kind = kind_of_system(draft.body);
  return draft;
}

Error too_long(const Draft& draft, const std::string& found, std::size_t most) {
  return error(Code::too_large, "body: has " + found + ", more than the " + std::to_string(most) +
                                    " allowed; write it to a file under /shared/" + draft.sender.name +
                                    "/ and send that path as file");
}

Status body_fits(Who who, const Draft& draft, const Limits& limits) {
  const auto most = most_body_bytes(who, limits);
  if (draft.body.size() > most) return too_long(draft, std::to_string(draft.body.size()) + " bytes", most);
  const auto bytes = wire_bytes(message_of(draft, kManager));
  if (bytes <= kMostWireBytes) return {};
  return too_long(draft, std::to_string(bytes) + " characters as JSON text", kMostWireBytes);
}

}  // namespace

std::size_t most_body_bytes(Who who, const Limits& limits) {
  return who == Who::plugins ? limits.system_body_bytes : limits.body_bytes;
}

Task<Result<Sent>> Sending::send(Caller who, Send what) {
  auto asking = uses_.callers.identify(who);
  auto sender = co_await std::move(asking);
  auto draft = draft_of(who, std::move(sender), what);
  auto checking = check(std::move(who), draft, std::move(what));
  auto owners = co_await std::move(checking);
  if (!owners && !draft.key) co_return owners.error();
  // A repeat answers what the first did, even if that would be refused by now.
  auto store = [&](Exchange& exchange) -> Result<std::int64_t> {
    if (owners) return exchange.send(draft, *owners);
    auto before = exchange.sent_before(draft);
    if (before && *before) return **before;
    return before ? owners.error() : before.error();
  };
  auto id = co_await uses_.writer.run(store);
  if (!id) co_return id.error();
  crash_point("broker.send.unanswered");
  co_return Sent{*id};
}

/// For whom the draft is, once everything about it is in order; sets its file.
Task<Result<std::vector<Party>>> Sending::check(Caller who, Draft& draft, Send what) {
  if (draft.body.empty() && !what.file)
    co_return error(Code::invalid_params, "body: is empty; say something or send a file");
  if (auto fits = body_fits(who.who(), draft, limits_); !fits) co_return fits.error();
  auto asking = find_recipients(draft.sender.name, what.to);
  auto owners = co_await std::move(asking);
  if (!owners) co_return owners;
  if (who.who() == Who::agents || who.who() == Who::manager) {
    auto judging = rules_.check(draft.sender.name, what.to);
    auto may = co_await std::move(judging);
    if (!may) co_return may.error();
  }
  if (!what.file) co_return owners;
  std::vector<std::string> names;
  for (const auto& owner : *owners) names.push_back(owner.name);
  const Attachment attachment{*what.file, draft.sender.name, std::move(names)};
  auto look = [&] { return qualified(host_.root(), attachment); };
  auto looked = co_await host_.parallel(look);
  if (!looked) co_return looked.error();
  if (!*looked) co_return looked->error();
  draft.file = std::move(**looked);
  co_return owners;
}

Task<Result<std::vector<Party>>> Sending::find_recipients(std::string sender, std::string to) {
  const bool all = to == "*";
  if (all ? !uses_.roster.complete() : !uses_.roster.knows(to)) {
    // It may have been spawned just now, its event still on the way.
    auto asking = uses_.roster.refresh();
    auto asked = co_await std::move(asking);
    if (!asked)
      co_return error(Code::unavailable,
                      "broker: who is in the hive is not known yet (" + asked.error().message + "); try again");
  }
  if (!all && !uses_.roster.knows(to))
    co_return error(Code::not_found, "broker: there is no " + to + "; known are " + uses_.roster.in_words());
  std::vector<Party> owners;
  if (all)
    for (const auto& name : uses_.roster.agents_but(sender)) owners.push_back(uses_.holders.party(name));
  else
    owners.push_back(uses_.holders.party(to));
  if (owners.empty()) co_return error(Code::not_found, "broker: there is no other agent to send to");
  co_return owners;
}

}  // namespace hive::broker

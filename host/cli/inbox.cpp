#include <hive/sdk/contracts/broker.hpp>
#include <hive/sdk/duration.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <optional>

#include "command.hpp"
#include "render.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

constexpr std::string_view kOperator = "operator";
constexpr std::int64_t kPage = 200;

struct Wanted {
  std::int64_t limit = 20, count = 1;
  std::optional<std::string> with;
  std::optional<std::int64_t> wait_seconds, after;
  bool sent = false, follow = false;

  bool shows(const broker::Message& message) const {
    if (message.to != kOperator && !(sent && message.from == kOperator)) return false;
    return !with || message.from == *with || message.to == *with;
  }
};

void show(const broker::Message& message, const Invocation& invocation) {
  const auto value = encode_value(message);
  if (invocation.json())
    print_line(value);
  else
    print(rendered_message(value.get_object(), wall_time()));
}

/// The newest messages that are wanted, oldest first. Of those that are not after `wanted.after` some may be missing.
struct Mail {
  std::vector<broker::Message> messages;
  std::int64_t last_sent = 0;  // id of the operator's own newest message
  std::vector<Unreadable> left_out{};
};
Result<Mail> read_mail(Session& session, const Wanted& wanted) {
  Mail mail;
  broker::Recent page{.of = std::string(kOperator), .with = wanted.with, .limit = kPage, .before = {}};
  for (;;) {
    auto entries = session.call(broker::kRecent, page);
    if (!entries) return entries.error();
    if (entries->unreadable) std::ranges::move(*entries->unreadable, std::back_inserter(mail.left_out));
    for (auto& entry : entries->messages) {
      auto& message = entry.message;
      if (message.from == kOperator) mail.last_sent = std::max(mail.last_sent, message.id);
      page.before = message.id;
      if (wanted.shows(message) && std::int64_t(mail.messages.size()) < wanted.limit)
        mail.messages.push_back(std::move(message));
    }
    if (entries->messages.empty()) break;
    const bool older = page.before.value_or(0) > wanted.after.value_or(0) && entries->more.value_or(false);
    if (!older || std::int64_t(mail.messages.size()) >= wanted.limit) break;
  }
  std::reverse(mail.messages.begin(), mail.messages.end());
  return mail;
}

/// How far the mail was shown, over all sessions of one command.
struct Shown {
  std::optional<std::int64_t> last;  // id of the newest; none before the mail was first read
  std::int64_t missing = 0;          // how many are still waited for
};

void show(const broker::Message& message, const Invocation& invocation, Shown& shown) {
  show(message, invocation);
  shown.last = message.id;
  --shown.missing;
}

/// Shows what is there and was not shown yet. What came while the host was away is shown whole.
Result<bool> show_mail(Session& session, Wanted wanted, const Invocation& invocation, Shown& shown) {
  if (shown.last) wanted.limit = kMaxInteger, wanted.after = shown.last;
  const auto mail = read_mail(session, wanted);
  if (!mail) return mail.error();
  remark(named(mail->left_out));
  if (!shown.last) shown.last = wanted.after.value_or(wanted.wait_seconds ? mail->last_sent : 0);
  const auto before = *shown.last;
  for (const auto& message : mail->messages)
    if (message.id > before) show(message, invocation, shown);
  return *shown.last > before;
}

/// Shows messages as they come: as many as are missing, or all for ever.
Result<int> follow(Session& session, const Wanted& wanted, const Invocation& invocation, Shown& shown,
                   Session::Clock::time_point deadline) {
  // Before the mail is read, so that nothing falls between the two.
  if (auto subscribed = session.subscribe({std::string(broker::kSentEvent.topic)}); !subscribed)
    return subscribed.error();
  if (const auto there = show_mail(session, wanted, invocation, shown); !there) return there.error();
  while (is_output_open() && (wanted.follow || shown.missing > 0)) {
    const auto event = session.next_event(deadline);
    if (!event) return event.error();
    auto sent = decode_value<broker::MessageEvent>(event->payload, Unknown::ignore);
    if (!sent) return sent.error();
    if (sent->message.id > *shown.last && wanted.shows(sent->message)) show(sent->message, invocation, shown);
  }
  return 0;
}

Result<int> wait_for_mail(const Wanted& wanted, const Invocation& invocation) {
  auto deadline = Session::Clock::time_point::max();
  if (wanted.wait_seconds) deadline = Session::Clock::now() + std::chrono::seconds(*wanted.wait_seconds);
  Shown shown{.last = {}, .missing = wanted.count};
  auto done = over_restarts(invocation.globals, deadline,
                            [&](Session& session) { return follow(session, wanted, invocation, shown, deadline); });
  if (!done && done.error().code == Code::timeout && wanted.wait_seconds)
    return error(Code::timeout,
                 "no more mail came within " + duration_text(std::chrono::seconds(*wanted.wait_seconds)));
  return done;
}

Result<int> read_inbox(const Wanted& wanted, const Invocation& invocation) {
  if (wanted.follow || wanted.wait_seconds) return wait_for_mail(wanted, invocation);
  auto session = Session::open(invocation.globals);
  if (!session) return session.error();
  Shown shown;
  const auto found = show_mail(*session, wanted, invocation, shown);
  if (!found) return found.error();
  const auto whose = wanted.with ? "from " + visible(*wanted.with, Lines::join) + " " : std::string();
  if (!*found && !invocation.json())
    print("no mail " + whose + "for the operator yet; `hive-c0re inbox --wait` waits for some\n");
  return 0;
}

}  // namespace

Result<int> run_inbox(const Invocation& invocation) {
  Wanted wanted;
  const CommandHelp help{"inbox", "The operator's mail, newest last.",
                         "Examples:\n  hive-c0re inbox --wait        the answer to what you sent last, once it is "
                         "there\n  hive-c0re inbox --follow      mail as it comes\n"};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    check_range(app.add_option("-n,--limit", wanted.limit, "how many messages at most"), {1, 10'000})
        ->capture_default_str();
    app.add_option("--with", wanted.with, "only mail from or to this agent");
    app.add_flag("--sent", wanted.sent, "also what the operator sent");
    app.add_flag("-f,--follow", wanted.follow, "go on and show new mail as it comes");
    app.add_option("--after", wanted.after, "only messages after this id");
    auto* wait = app.add_option("--wait", wanted.wait_seconds,
                                "wait at most N seconds for mail that is newer than the operator's last message");
    check_range(wait, {0, 86'400})->expected(0, 1)->default_str("60");
    check_range(app.add_option("--count", wanted.count, "with --wait: until there are N messages"), {1, 10'000})
        ->capture_default_str();
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  return read_inbox(wanted, invocation);
}

}  // namespace hive::host::cli

#pragma once
#include "link.hpp"

#include <hive/sdk/abi.hpp>

#include <map>
#include <memory>
#include <set>

namespace hive::host {

/// What crosses the boundary for one plugin that lives in another process: each function of it is one frame. Keeps
/// what the host holds of the plugin (methods, calls, subscriptions), and what the plugin owes. Outlives the child:
/// between two children callers keep their methods and hear why nobody answers. [strand]
class Forwarding {
 public:
  /// `plugin` is the id that callers are told; `on_idle` is called when the host has let go of something.
  Forwarding(abi::Host& host, std::string plugin, std::function<void()> on_idle)
      : host_(host), plugin_(std::move(plugin)), on_idle_(std::move(on_idle)) {}
  Forwarding(const Forwarding&) = delete;

  /// What goes to the child is sent by `link`; it is not used after disconnect().
  void connect(Link& link) { link_ = &link; }
  /// Sends nothing any more, and answers what the child owes.
  void disconnect();
  /// Takes back what the child that died has asked for; its methods stay until retract_all().
  void abandon();
  /// Does what the child says, all but that it has started or stopped.
  void take(const Frame& frame);
  /// Takes each method back.
  void retract_all();
  /// What callers hear while there is no child, after the plugin's id.
  void set_reason(std::string_view reason) { reason_ = reason; }
  /// Whether the host holds nothing of the plugin.
  bool is_idle() const { return forwarded_.empty(); }

 private:
  enum class Kind { answer, call, subscription };
  /// A context of the child's, in this process. Lives until the host lets go of it.
  struct Forwarded {
    Forwarding& owner;
    Kind kind;
    std::uint64_t id;  // the child's name for it; 0 once that child is dead
    std::string name;  // of a method
    bool retracted = false;
  };

  /// What the host calls with a context.
  struct Handlers;

  void take_answer(const Frame& frame);
  Forwarded& forward(Kind kind, std::uint64_t id, std::string_view name = {});
  Forwarded* find(Kind kind, std::uint64_t id);
  void forget(Forwarded& forwarded);
  void retract(std::string_view method);

  abi::Host& host_;
  const std::string plugin_;
  const std::function<void()> on_idle_;
  Link* link_ = nullptr;  // null: no child runs
  std::string reason_ = "the plugin's process is not running; try again";
  std::set<abi::CallId> owed_;
  std::map<Forwarded*, std::unique_ptr<Forwarded>> forwarded_;
  std::map<std::pair<Kind, std::uint64_t>, Forwarded*> live_;  // by the running child's names
};

}  // namespace hive::host

#include "method_table.hpp"

#include <algorithm>

namespace hive::host {
namespace {

/// Of all that one plugin says of its methods, and of what all say: `methods.list` is one answer of at most 1 MiB.
constexpr std::size_t kMostOfOne = 160 << 10, kMostOfAll = 900 << 10;

}  // namespace

Registration::Registration(std::shared_ptr<LocalHost> owner, const abi::MethodInfo& info, const abi::Handler& answers,
                           MethodNames beside)
    : slot(std::move(owner)),
      method(info.name),
      about(info.about),
      names(std::move(beside)),
      callers(info.callers),
      deadline_ms(info.deadline_ms),
      handler(answers) {}

Registration::~Registration() {
  slot->enter("a method's end", [handler = handler, why = why_ended, words = std::move(why_words)] {
    handler.ended(handler.context, why, words);
  });
}

void MethodTable::reserve(const std::string& method, MethodNames names) {
  std::lock_guard lock(mutex_);
  reserved_[method] = std::move(names);
}

Status MethodTable::add(Entry registration) {
  Entry replaced;  // ends outside the lock
  std::lock_guard lock(mutex_);
  if (auto fits = check_names(*registration); !fits) return fits;
  if (auto fits = check_size(*registration); !fits) return fits;
  left_out_.erase(registration->method);
  auto& entry = methods_[registration->method];
  replaced = std::exchange(entry, std::move(registration));
  return {};
}

void MethodTable::leave_out(std::string_view method, const LocalHost& slot, const std::string& why) {
  std::lock_guard lock(mutex_);
  left_out_[std::string(method)] = {slot.id(), why};
}

/// The method whose tool or alias `name` is; null: nobody's.
const std::string* MethodTable::owner_of(std::string MethodNames::* kind, const std::string& name) const {
  if (name.empty()) return nullptr;
  for (const auto& [method, names] : reserved_)
    if (names.*kind == name) return &method;
  for (const auto& [method, entry] : methods_)
    if (entry->names.*kind == name) return &method;
  return nullptr;
}

bool MethodTable::is_role(const std::string& word) const {
  const auto begins = [&](const auto& entry) { return entry.first.starts_with(word + "."); };
  return providers_.contains(word) || std::any_of(reserved_.begin(), reserved_.end(), begins) ||
         std::any_of(methods_.begin(), methods_.end(), begins);
}

Status MethodTable::check_names(const Registration& offered) const {
  const auto refuse = [&](const std::string& why) {
    return error(Code::conflict, offered.method + ": is left out: " + why);
  };
  const auto taken = [&](std::string_view what, const std::string& name, const std::string& owner) {
    return error(Code::conflict, offered.method + " is left out: " + owner + " already has " + std::string(what) +
                                     " named " + name + "; choose another name");
  };
  const auto known = methods_.find(offered.method);
  if (known != methods_.end() && known->second->slot != offered.slot)
    return refuse("the plugin " + known->second->slot->id() + " answers it already");
  if (const auto* owner = owner_of(&MethodNames::tool, offered.names.tool);
      owner != nullptr && *owner != offered.method)
    return taken("a tool", offered.names.tool, *owner);
  const auto& alias = offered.names.alias;
  if (const auto* owner = owner_of(&MethodNames::alias, alias); owner != nullptr && *owner != offered.method)
    return taken("an alias", alias, *owner);
  const auto contract = reserved_.find(offered.method);
  const bool is_its_own = contract != reserved_.end() && contract->second.alias == alias;
  if (!alias.empty() && !is_its_own && is_role(alias)) return refuse("its alias " + alias + " is the name of a role");
  return {};
}

Status MethodTable::check_size(const Registration& offered) const {
  std::size_t own = offered.about.size(), all = own;
  for (const auto& [method, entry] : methods_) {
    if (method == offered.method) continue;
    all += entry->about.size();
    if (entry->slot == offered.slot) own += entry->about.size();
  }
  if (own <= kMostOfOne && all <= kMostOfAll) return {};
  const std::string whose = own > kMostOfOne ? "its plugin's" : "all plugins'";
  const auto most = (own > kMostOfOne ? kMostOfOne : kMostOfAll) >> 10;
  return error(Code::conflict, offered.method + ": is left out: the descriptions of " + whose +
                                   " methods take more than " + std::to_string(most) + " KiB; shorten them");
}

void MethodTable::remove(std::string_view method, const LocalHost& slot) {
  Entry removed;
  std::lock_guard lock(mutex_);
  const auto found = methods_.find(method);
  if (found == methods_.end() || found->second->slot.get() != &slot) return;
  removed = std::move(found->second);
  methods_.erase(found);
}

void MethodTable::remove_all(const LocalHost& slot) {
  std::vector<Entry> removed;
  std::lock_guard lock(mutex_);
  for (auto at = methods_.begin(); at != methods_.end();) {
    if (at->second->slot.get() != &slot) {
      ++at;
      continue;
    }
    removed.push_back(std::move(at->second));
    at = methods_.erase(at);
  }
  std::erase_if(left_out_, [&](const auto& entry) { return entry.second.plugin == slot.id(); });
}

void MethodTable::set_provider(const std::string& role, const std::string& plugin, Presence presence) {
  std::lock_guard lock(mutex_);
  providers_[role] = {plugin, presence};
}

void MethodTable::expect_provider(const std::string& role, const std::string& plugin) {
  std::lock_guard lock(mutex_);
  providers_.try_emplace(role, Provider{plugin, Presence::away});
}

Error MethodTable::why_not(std::string_view method) const {
  const std::string name(method);
  if (const auto left_out = left_out_.find(method); left_out != left_out_.end())
    return error(Code::unavailable, left_out->second.why);
  const auto found = providers_.find(method.substr(0, method.find('.')));
  if (found == providers_.end())
    return error(Code::method_not_found, name + ": no plugin answers this method; methods.list names all");
  const auto& [plugin, presence] = found->second;
  if (presence == Presence::here)
    return error(Code::method_not_found,
                 name + ": the plugin " + plugin + " answers no such method; methods.list names all");
  return error(Code::unavailable, name + ": the plugin " + plugin + " is not running; see hive-c0re plugins");
}

Result<MethodTable::Entry> MethodTable::find(std::string_view method, Who caller) const {
  std::lock_guard lock(mutex_);
  const auto found = methods_.find(method);
  if (found == methods_.end()) return why_not(method);
  if ((found->second->callers & std::uint32_t(caller)) == 0)
    return error(Code::forbidden, std::string(method) + ": not for this caller");
  return found->second;
}

std::vector<MethodTable::Row> MethodTable::rows(Who who) const {
  std::vector<Row> out;
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : methods_)
    if (entry->callers & std::uint32_t(who)) out.push_back({name, entry->about, entry->callers, entry->deadline_ms});
  return out;
}

}  // namespace hive::host

#include "method_table.hpp"

namespace hive::host {

Registration::Registration(std::shared_ptr<LocalHost> owner, const abi::MethodInfo& info, const abi::Handler& answers)
    : slot(std::move(owner)),
      method(info.name),
      about(info.about),
      callers(info.callers),
      deadline_ms(info.deadline_ms),
      handler(answers) {}

Registration::~Registration() {
  slot->enter("a method's end", [handler = handler, why = why_ended, words = std::move(why_words)] {
    handler.ended(handler.context, why, words);
  });
}

void MethodTable::add(Entry registration) {
  Entry replaced;  // ends outside the lock
  std::lock_guard lock(mutex_);
  auto& entry = methods_[registration->method];
  if (entry && entry->slot != registration->slot) {
    registration->why_ended = Code::conflict;
    registration->why_words = registration->method + ": the plugin " + entry->slot->id() + " answers it already";
    replaced = std::move(registration);
    return;
  }
  replaced = std::exchange(entry, std::move(registration));
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
}

void MethodTable::set_provider(const std::string& role, const std::string& plugin, Presence presence) {
  std::lock_guard lock(mutex_);
  providers_[role] = {plugin, presence};
}

Error MethodTable::why_not(std::string_view method) const {
  const std::string name(method);
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

#include "method_table.hpp"

#include <hive/sdk/bounded_list.hpp>

#include <algorithm>

namespace hive::host {
namespace {

/// Of all that one plugin says of its methods, and of what all say: `methods.list` is one answer of at most 1 MiB.
constexpr std::size_t kMostOfOne = 160 << 10, kMostOfAll = kAnswerBytes;

/// What a method takes there: it is listed with every member, and with its name and callers.
std::size_t listed_bytes(std::string_view about) {
  return about.size() + 256;
}

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

void MethodTable::reserve(Row contract, MethodNames names) {
  std::lock_guard lock(mutex_);
  contract.is_away = true;
  const auto method = contract.name;
  reserved_[method] = {std::move(contract), std::move(names)};
}

Status MethodTable::add(Entry registration) {
  Entry replaced;  // ends outside the lock
  std::lock_guard lock(mutex_);
  if (auto fits = check_names(*registration); !fits) return fits;
  if (auto fits = check_size(*registration); !fits) return fits;
  left_out_.erase(registration->method);
  auto& entry = methods_[registration->method];
  replaced = std::exchange(entry, std::move(registration));
  if (entry->names.concern_pages()) told_();
  return {};
}

void MethodTable::leave_out(std::string_view method, const LocalHost& slot, const std::string& why) {
  std::lock_guard lock(mutex_);
  left_out_[std::string(method)] = {slot.id(), why};
}

/// A method other than `but` whose names are such; null: there is none.
template <class Has>
const std::string* MethodTable::owner_where(const std::string& but, Has has) const {
  for (const auto& [method, contract] : reserved_)
    if (method != but && has(contract.names)) return &method;
  for (const auto& [method, entry] : methods_)
    if (method != but && has(entry->names)) return &method;
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
  const auto owner_of = [&](std::string MethodNames::* kind) -> const std::string* {
    const auto& own = offered.names.*kind;
    return own.empty() ? nullptr : owner_where(offered.method, [&](const auto& names) { return names.*kind == own; });
  };
  const auto& alias = offered.names.alias;
  if (const auto* owner = owner_of(&MethodNames::tool)) return taken("a tool", offered.names.tool, *owner);
  if (const auto* owner = owner_of(&MethodNames::alias)) return taken("an alias", alias, *owner);
  const auto contract = reserved_.find(offered.method);
  const bool is_its_own = contract != reserved_.end() && contract->second.names.alias == alias;
  if (!alias.empty() && !is_its_own && is_role(alias)) return refuse("its alias " + alias + " is the name of a role");
  return check_addresses(offered);
}

Status MethodTable::check_addresses(const Registration& offered) const {
  for (const auto& address : offered.names.addresses) {
    const auto* owner = owner_where(offered.method, [&](const MethodNames& names) {
      return std::any_of(names.addresses.begin(), names.addresses.end(),
                         [&](const auto& other) { return do_overlap(address, other); });
    });
    if (owner != nullptr)
      return error(Code::conflict, offered.method + " is left out: " + *owner + " already answers " + address.verb +
                                       " " + address.path + "; choose another address");
  }
  return {};
}

Status MethodTable::check_size(const Registration& offered) const {
  std::size_t own = listed_bytes(offered.about), all = own;
  for (const auto& [method, contract] : reserved_)
    if (method != offered.method && !methods_.contains(method)) all += listed_bytes(contract.row.about);
  for (const auto& [method, entry] : methods_) {
    if (method == offered.method) continue;
    all += listed_bytes(entry->about);
    if (entry->slot == offered.slot) own += listed_bytes(entry->about);
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
  if (removed->names.concern_pages()) told_();
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
  const auto concerns = [](const Entry& entry) { return entry->names.concern_pages(); };
  if (std::any_of(removed.begin(), removed.end(), concerns)) told_();
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

std::vector<MethodTable::Row> MethodTable::rows(Who who, Listed listed) const {
  std::vector<Row> out;
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : methods_)
    if (entry->callers & std::uint32_t(who)) out.push_back({name, entry->about, entry->callers, entry->deadline_ms});
  if (listed == Listed::answered) return out;
  for (const auto& [name, contract] : reserved_)
    if ((contract.row.callers & std::uint32_t(who)) && !methods_.contains(name)) out.push_back(contract.row);
  std::sort(out.begin(), out.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
  return out;
}

}  // namespace hive::host

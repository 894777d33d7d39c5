#pragma once
#include <hive/sdk/plugin.hpp>
#include <hive/sqlite/database.hpp>

/// Role `hello`: greets whoever is named, and remembers it.
namespace hello {
struct Name {
  std::string name;
};
constexpr auto fields(hive::Of<Name>) {
  return hive::shape(hive::field<&Name::name>("name", "who is greeted").max_bytes(64));
}
constexpr auto columns(hive::Of<Name>) {
  return hive::sqlite::row(hive::sqlite::column<&Name::name>("name"));
}
struct Names {
  std::vector<Name> names;
};
constexpr auto fields(hive::Of<Names>) {
  return hive::shape(hive::field<&Names::names>("names", "everybody who was greeted"));
}
inline constexpr hive::Method<Name, Name> kGreet{
    .name = "hello.greet",
    .callers = hive::Who::operators | hive::Who::manager | hive::Who::agents,
    .doc = "Greets somebody.",
    .tool = {.name = "hello", .description = "Greets somebody; the operator sees it.", .answer = "Greeted {name}."},
    .cli = {.positional = "name"},
    .http = {"POST", "/hello"}};
inline constexpr hive::Method<hive::None, Names> kList{
    .name = "hello.list", .callers = hive::Who::operators, .doc = "Who was greeted.", .cli = {.columns = "NAME=name"}};
inline constexpr hive::Event<Name> kGreeted{"hello.greeted", hive::Who::operators, "Somebody was greeted."};

/// Each step makes the next version of the store. One that was released is never changed.
inline constexpr std::string_view kMigrations[] = {"CREATE TABLE greeting (name TEXT PRIMARY KEY) STRICT"};
inline constexpr auto kAdd = hive::sqlite::sql_for<Name>("INSERT OR IGNORE INTO greeting ({names}) VALUES ({values})");
inline constexpr auto kAll = hive::sqlite::sql_for<Name>("SELECT {columns} FROM greeting ORDER BY name");

class Hello {
 public:
  explicit Hello(hive::Host& host) : host_(host) {}

  hive::Status start() {
    const auto file = host_.root() / "hello.sqlite";
    auto opened = hive::sqlite::Database::open({.file = file, .owner = "hello", .migrations = kMigrations});
    if (!opened) return opened.error();
    database_.emplace(std::move(*opened));
    host_.answer(kGreet, [this](hive::Caller, Name whom) { return greet(std::move(whom)); });
    host_.answer(kList, [this](hive::Caller, hive::None) { return list(); });
    return {};
  }

 private:
  hive::Task<hive::Result<Name>> greet(Name whom) {
    auto work = [this, &whom] { return database_->run(kAdd, whom); };
    const auto added = hive::flat(co_await host_.blocking(work));
    if (!added) co_return added.error();
    host_.publish(kGreeted, whom);
    co_return whom;
  }
  hive::Task<hive::Result<Names>> list() {
    auto work = [this] { return database_->read<Name>(kAll).all(); };
    auto rows = hive::flat(co_await host_.blocking(work));
    if (!rows) co_return rows.error();
    co_return Names{std::move(*rows)};
  }

  hive::Host& host_;
  std::optional<hive::sqlite::Database> database_;
};

}  // namespace hello

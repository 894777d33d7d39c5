#include "catalog.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace hive::host::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Not;

const json::object* inside(const json::object* schema, std::string_view member) {
  const auto* found = schema != nullptr ? schema->if_contains(member) : nullptr;
  return found != nullptr ? found->if_object() : nullptr;
}

/// Whether a list of records in `result` has `path`; what is any JSON may have anything.
bool has_column(const json::object& result, std::string_view path) {
  for (const auto& member : *inside(&result, "properties")) {
    const auto* at = inside(&member.value().as_object(), "items");
    for (auto rest = path; at != nullptr && !rest.empty();) {
      const auto* properties = inside(at, "properties");
      if (properties == nullptr) return !at->contains("type");
      const auto dot = std::min(rest.find('.'), rest.size());
      at = inside(properties, rest.substr(0, dot));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    if (at != nullptr) return true;
  }
  return false;
}

TEST(CatalogTest, OffersTheOperatorItsMethodsAlone) {
  const auto catalog = Catalog::built_in();
  EXPECT_NE(catalog.by_alias("list"), nullptr);
  EXPECT_THAT(catalog.roles(), AllOf(Contains("broker"), Contains("lifecycle"), Not(Contains("runtime"))));
  for (const auto* method : catalog.of_role("broker")) EXPECT_TRUE(method->for_operator()) << method->name;
}

TEST(CatalogTest, WhatAContractSaysOfItsAnswersPrintIsInTheAnswer) {
  int columns = 0, texts = 0;
  const auto catalog = Catalog::built_in();
  for (const auto& method : catalog.methods()) {
    for (const auto& column : method.columns)
      EXPECT_TRUE(has_column(method.result, column.path)) << method.name << ": " << column.path;
    columns += int(method.columns.size());
    if (method.text.empty()) continue;
    ++texts;
    for (const auto member : {std::string_view(method.text), std::string_view("next")})
      EXPECT_NE(inside(inside(&method.result, "properties"), member), nullptr) << method.name << ": " << member;
    EXPECT_NE(inside(inside(&method.params, "properties"), "offset"), nullptr) << method.name;
  }
  EXPECT_GT(columns, 0);
  EXPECT_GT(texts, 0);
}

}  // namespace
}  // namespace hive::host::cli

#pragma once
#include <hive/http/request.hpp>
#include <hive/sdk/codec.hpp>

/// What a request asks of a method, as its params. Texts of a query, a form or a path become what the schema of that
/// member wants: a number, true or false (`on` and `off` too), or each text of a list; else they stay texts, and the
/// method says what is wrong. All [any-thread].
namespace hive::dashboard {

/// The body of a POST: a JSON object, a form, or nothing. `members`: properties of the method's schema. Errors:
/// invalid_params, naming the member where there is one.
Result<json::object> params_of_body(const http::Request& request, const json::object& members);

/// The query of a GET; what is there and empty counts as absent. Errors: invalid_params, naming the member.
Result<json::object> params_of_query(const http::Request& request, const json::object& members);

/// One text as the member wants it.
json::value typed(std::string_view text, const json::object& members, std::string_view member);

}  // namespace hive::dashboard

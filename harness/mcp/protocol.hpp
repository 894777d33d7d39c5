#pragma once
#include <hive/sdk/result.hpp>

#include <boost/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace hive::harness {

/// What `tools/call` hands back: text for the model.
struct ToolAnswer {
  std::string text;
  bool is_error = false;
};

struct ToolRequest {
  std::string name;
  boost::json::object arguments;
  std::string use_id;  // what the CLI calls this use; empty for clients that name none
};

/// Where the tools are. Each question gets one answer, never inside the call that asks, unless it is
/// dropped; they run at once.
class ToolSource {
 public:
  using Ticket = std::uint64_t;
  virtual ~ToolSource() = default;
  /// The array that `tools/list` answers with.
  virtual Ticket list(std::function<void(Result<boost::json::array>)> answer) = 0;
  /// Errors: method_not_found (no such tool).
  virtual Ticket call(ToolRequest request, std::function<void(Result<ToolAnswer>)> answer) = 0;
  virtual void drop(Ticket ticket) = 0;
};

/// The Model Context Protocol of a server that has tools and nothing else, in both eras at once and in
/// any order: a request with a protocol version in `_meta` is of 2026-07-28, any other of those before.
/// One thread; it neither reads nor writes, but is given lines and gives lines.
class Protocol {
 public:
  /// `write` takes one message without its newline.
  Protocol(ToolSource& tools, std::string version, std::function<void(std::string)> write);

  /// One line from the client.
  void take(std::string_view line);
  /// A line that was too long to be taken.
  void take_too_long();

 private:
  struct Request {
    boost::json::value id;  // an integer or a string
    std::string method;
    boost::json::object params;
    bool is_modern = false;
  };

  void take_request(const boost::json::object& message, const boost::json::value& id);
  void take_notification(std::string_view method, const boost::json::value& params);
  void dispatch(const Request& request);
  void dispatch_modern(const Request& request);
  void initialize(const Request& request);
  void discover(const Request& request);
  void list_tools(const Request& request);
  void call_tool(const Request& request);

  void answer(const Request& request, boost::json::object result);
  void refuse(const boost::json::value& id, int code, std::string_view message, boost::json::object data = {});
  void refuse_unread(int code, std::string_view message);
  boost::json::object server_info() const;

  ToolSource& tools_;
  const std::string version_;
  std::function<void(std::string)> write_;
  std::map<std::string, ToolSource::Ticket> running_;  // by serialized id
};

}  // namespace hive::harness

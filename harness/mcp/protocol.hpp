#pragma once
#include <hive/rpc/line_id.hpp>
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
/// Whatever has an id is answered under it, whatever else is wrong with the line. One thread; it neither reads nor
/// writes, but is given lines and gives lines.
class Protocol {
 public:
  /// `write` takes one message without its newline.
  Protocol(ToolSource& tools, std::string version, std::function<void(std::string)> write);

  /// One line from the client.
  void take(std::string_view line);
  /// A part of a line that is too long to be taken.
  void skip(std::string_view part) { skipped_.take(part); }
  /// The whole of it was skipped.
  void take_too_long();

 private:
  struct Request {
    std::string id;   // as it was written
    std::string key;  // the same for each way to write it
    std::string method;
    boost::json::object params;
    bool is_modern = false;
  };

  void take_batch(const boost::json::array& batch);
  void take_request(const boost::json::object& message, std::string id);
  void take_notification(std::string_view method, const boost::json::value& params);
  void dispatch(const Request& request);
  void dispatch_modern(const Request& request);
  void initialize(const Request& request);
  void discover(const Request& request);
  void list_tools(const Request& request);
  void call_tool(const Request& request);

  void answer(const Request& request, boost::json::object result);
  /// An error whose id could not be read has none either.
  void refuse(std::string_view id, int code, std::string_view message, boost::json::object data = {});
  boost::json::object server_info() const;

  ToolSource& tools_;
  const std::string version_;
  std::function<void(std::string)> write_;
  std::map<std::string, ToolSource::Ticket> running_;  // by Request::key
  rpc::LineId skipped_;
};

}  // namespace hive::harness

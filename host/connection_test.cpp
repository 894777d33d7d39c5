#include "connection.hpp"

#include <hive/os/fd.hpp>
#include <hive/os/wait.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

namespace hive::host {
namespace {

TEST(ConnectionTest, AnEventStreamGoesWithTheThreadsThatServedItThoughNothingClosedIt) {
  std::shared_ptr<GatewayShared> shared;
  auto ends = os::make_socket_pair();
  ASSERT_TRUE(ends);
  {
    boost::asio::io_context io;  // outlives all that holds a strand, as in the host
    EventHub hub;
    hub.declare("t.news", std::uint32_t(Who::operators), "t");
    MethodTable table;
    Router router(io, table);
    shared.reset(new GatewayShared{router, hub, "operator", {}});
    Connection::Socket socket(boost::asio::make_strand(io), boost::asio::local::stream_protocol(),
                              ends->second.release());
    std::make_shared<Connection>(shared, std::move(socket))->start();
    const std::string_view asked =
        R"({"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{"topics":["t.news"]}})"
        "\n";
    ASSERT_EQ(::write(ends->first.get(), asked.data(), asked.size()), ssize_t(asked.size()));
    while (!os::is_readable(ends->first.get())) io.run_one();
    ASSERT_EQ(shared->connections, 1u);
  }
  EXPECT_EQ(shared->connections, 0u);
}

}  // namespace
}  // namespace hive::host

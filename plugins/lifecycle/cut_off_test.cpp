// The host dies at every point of every action: what the next start makes of it.
#include "testing/lifecycle_fixture.hpp"

namespace hive::lifecycle {
namespace {

namespace fs = std::filesystem;
using runtime::State;

/// Everything that outlives a host, as it was at one moment.
struct Moment {
  std::unique_ptr<testing::TemporaryFolder> folder;
  std::map<std::string, FakeRuntime::Box> boxes;
  std::map<std::string, broker::Send> letters;
  std::string after;  // the call before which, or behind which, it was taken
};

class CutOffTest : public LifecycleFixture {
 protected:
  /// Runs `action` and keeps a moment before and after each call that it makes.
  void watch(const std::function<void()>& action) {
    runtime_.around = broker_.around = [this] { take(); };
    action();
    runtime_.around = broker_.around = [] {};
    host_.reset();
    ASSERT_FALSE(moments_.empty());
  }
  /// Starts a host at each moment and lets it do what it finds.
  void expect_at_each(const std::function<void()>& expectation) {
    for (auto& moment : moments_) {
      SCOPED_TRACE("the host died at: " + moment.after);
      now_ = moment.folder->path();
      runtime_.boxes = moment.boxes;
      runtime_.calls.clear();
      broker_.letters = moment.letters;
      host_ = std::make_unique<testing::TestHost>(now_.string());
      serve();
      ASSERT_TRUE(host_->load<Lifecycle>(R"({"manager": false})"));
      host_->advance(std::chrono::minutes(1));
      expectation();
      host_.reset();
    }
  }
  bool has(const std::string& name) { return view(name).name == name; }
  int letters_to(const std::string& who) { return int(broker_.events_to(who).size()); }
  bool has_tombstone() {
    const None nothing;
    return !host_->call("operator", kTombstones, nothing)->tombstones.empty();
  }

 private:
  void serve() {
    runtime_.serve(*host_);
    broker_.serve(*host_);
    host_->fake(turns::kList, [this](None) -> Result<turns::AllTurns> { return reports_; });
    host_->fake(host_api::kPlugins, [](None) -> Result<host_api::Plugins> { return host_api::Plugins{}; });
  }
  void take() {
    Moment moment{std::make_unique<testing::TemporaryFolder>(), runtime_.boxes, broker_.letters,
                  runtime_.calls.empty() ? "the beginning" : runtime_.calls.back()};
    fs::copy(folder_.path(), moment.folder->path(), fs::copy_options::recursive);
    moments_.push_back(std::move(moment));
  }

  std::vector<Moment> moments_;
  fs::path now_;
};

TEST_F(CutOffTest, ASpawnIsFinished) {
  load();
  watch([this] { ASSERT_TRUE(spawn("alice")); });
  expect_at_each([this] {
    EXPECT_EQ(view("alice").state, State::running);
    EXPECT_FALSE(view("alice").pending);
    EXPECT_EQ(letters_to("manager"), 1);
    EXPECT_EQ(letters_to("alice"), 1);
  });
}

TEST_F(CutOffTest, AStartIsFinished) {
  load();
  given_alice();
  ASSERT_TRUE(ask(kStop, {"alice"}));
  broker_.letters.clear();
  watch([this] { ASSERT_TRUE(ask(kStart, {"alice"})); });
  expect_at_each([this] {
    EXPECT_EQ(view("alice").state, State::running);
    EXPECT_FALSE(view("alice").pending);
    EXPECT_EQ(letters_to("manager"), 1);
    EXPECT_EQ(letters_to("alice"), 1);
  });
}

TEST_F(CutOffTest, AStopIsFinished) {
  load();
  given_alice();
  watch([this] { ASSERT_TRUE(ask(kStop, {"alice"})); });
  expect_at_each([this] {
    EXPECT_EQ(view("alice").state, State::stopped);
    EXPECT_FALSE(view("alice").pending);
    EXPECT_EQ(letters_to("manager"), 1);
    EXPECT_EQ(letters_to("alice"), 0);
  });
}

TEST_F(CutOffTest, ARestartedAgentRunsAndIsNotStoppedTwice) {
  load();
  given_alice();
  watch([this] { ASSERT_TRUE(ask(kRestart, {"alice"})); });
  expect_at_each([this] {
    EXPECT_EQ(view("alice").state, State::running);
    EXPECT_EQ(runtime_.count("stop alice"), 0);
    EXPECT_EQ(letters_to("manager"), 1);
    EXPECT_EQ(letters_to("alice"), 1);
  });
}

TEST_F(CutOffTest, ARebuildIsFinished) {
  load();
  given_alice();
  runtime_.main = "newer";
  watch([this] { ASSERT_TRUE(ask(kRebuild, {.name = "alice"})); });
  expect_at_each([this] {
    EXPECT_EQ(view("alice").state, State::running);
    EXPECT_EQ(view("alice").deployed_sha, "newer");
    EXPECT_EQ(letters_to("manager"), 1);
    EXPECT_EQ(letters_to("alice"), 1);
  });
}

TEST_F(CutOffTest, ADestroyIsFinished) {
  load();
  given_alice();
  watch([this] { ASSERT_TRUE(ask(kDestroy, {.name = "alice"})); });
  expect_at_each([this] {
    EXPECT_FALSE(has("alice"));
    EXPECT_TRUE(has_tombstone());
    EXPECT_FALSE(runtime_.boxes.contains("alice"));
    EXPECT_EQ(letters_to("manager"), 1);
  });
}

TEST_F(CutOffTest, APurgeIsFinished) {
  load();
  given_alice();
  watch([this] { ASSERT_TRUE(ask(kDestroy, {.name = "alice", .purge = true})); });
  expect_at_each([this] {
    EXPECT_FALSE(has("alice"));
    EXPECT_FALSE(has_tombstone());
    EXPECT_EQ(letters_to("manager"), 1);
  });
}

}  // namespace
}  // namespace hive::lifecycle

#include <hive/sdk/pieces.hpp>

#include <gtest/gtest.h>

namespace hive {
namespace {

json::value answer(std::string_view text) {
  return *parse_json(text);
}

TEST(PiecesTest, ATextIsPutTogetherAndTheRestStands) {
  Pieces pieces("text");
  const auto next = pieces.add(answer(R"({"path":"/a","text":"one ","next":4})"));
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, json::value(4));
  const auto last = pieces.add(answer(R"({"path":"/a","text":"two"})"));
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->is_null());
  EXPECT_EQ(json::value(std::move(pieces).whole()), answer(R"({"path":"/a","text":"one two"})"));
}

TEST(PiecesTest, APieceOfSomethingElseIsAConflict) {
  Pieces pieces("text");
  ASSERT_TRUE(pieces.add(answer(R"({"bytes":7,"text":"one ","next":4})")));
  EXPECT_EQ(pieces.add(answer(R"({"bytes":8,"text":"two"})")).error().code, Code::conflict);
}

TEST(PiecesTest, AnEmptyPieceIsAConflictSoThatItEnds) {
  Pieces pieces("text");
  ASSERT_TRUE(pieces.add(answer(R"({"text":"one","next":3})")));
  EXPECT_EQ(pieces.add(answer(R"({"text":"","next":3})")).error().code, Code::conflict);
}

TEST(PiecesTest, AnAnswerWithoutTheTextIsTheMethodsFault) {
  for (const auto* wrong : {"{}", R"({"text":1})", "[]", "null"}) {
    Pieces pieces("text");
    EXPECT_EQ(pieces.add(answer(wrong)).error().code, Code::internal) << wrong;
  }
}

TEST(PiecesTest, ATextWithoutEndIsRefused) {
  Pieces pieces("text");
  const json::object piece{{"text", std::string(Pieces::kMostBytes / 2, 'x')}, {"next", 1}};
  ASSERT_TRUE(pieces.add(piece));
  ASSERT_TRUE(pieces.add(piece));
  EXPECT_EQ(pieces.add(piece).error().code, Code::too_large);
}

}  // namespace
}  // namespace hive

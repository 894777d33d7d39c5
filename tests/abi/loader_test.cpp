// What the loader refuses, in the order in which it looks: manifest, symbols, load, fields.
#include "plugin_loader.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace hive::host {
namespace {

class Loader : public ::testing::Test {
 protected:
  std::string file(const std::string& name) const { return (folder.path() / (name + ".so")).string(); }
  void given_plugin(const std::string& name) const {
    std::filesystem::copy_file(std::filesystem::path(HIVE_BINARY_DIR) / "tests" / "abi" / (name + ".so"), file(name));
  }
  void given_manifest(const std::string& name, const std::string& extra = {}) const {
    given_manifest_of_abi(name, std::to_string(abi::kMajor) + "." + std::to_string(abi::kMinor), extra);
  }
  void given_manifest_of_abi(const std::string& name, const std::string& version, const std::string& extra = {}) const {
    std::ofstream(folder.path() / (name + ".toml"))
        << "id = \"" << name << "\"\nversion = \"1.0.0\"\nabi = \"" << version << "\"\nabi_tag = \"" << abi::kTag
        << "\"\nprovides = [\"" << name << "\"]\nsettings = \"{}\"\n"
        << extra;
  }
  std::string refusal(const std::string& name) const {
    const auto accepted = accept_plugin(file(name), Load::code);
    if (accepted) return "accepted";
    EXPECT_EQ(accepted.error().code, Code::unavailable);
    return accepted.error().message;
  }
  hive::testing::TemporaryFolder folder;
};

TEST_F(Loader, TakesAPluginThatFits) {
  given_plugin("plain");
  given_manifest("plain");
  const auto accepted = accept_plugin(file("plain"), Load::code);
  ASSERT_TRUE(accepted) << accepted.error().message;
  EXPECT_EQ(accepted->manifest.id, "plain");
  EXPECT_STREQ(accepted->descriptor->id, "plain");
}

TEST_F(Loader, TakesAPluginOfAnOlderMinorWhoseDescriptorEndsEarlier) {
  given_plugin("older_minor");
  given_manifest_of_abi("older_minor", "1.0");
  const auto accepted = accept_plugin(file("older_minor"), Load::code);
  ASSERT_TRUE(accepted) << accepted.error().message;
  EXPECT_EQ(accepted->manifest.panel, "");
}

TEST_F(Loader, LoadsNoCodeWhenOnlyTheManifestIsWanted) {
  given_plugin("wrong_major");
  given_manifest("wrong_major");
  const auto accepted = accept_plugin(file("wrong_major"), Load::manifest_only);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->descriptor, nullptr);
}

TEST_F(Loader, RefusesAPluginWithoutAManifest) {
  given_plugin("plain");
  EXPECT_EQ(refusal("plain"), file("plain") + ": has no manifest plain.toml beside it; build the plugin again");
}

TEST_F(Loader, RefusesAManifestThatIsNoToml) {
  given_plugin("plain");
  std::ofstream(folder.path() / "plain.toml") << "id = \n";
  EXPECT_THAT(refusal("plain"), ::testing::HasSubstr("plain.toml:1: is not TOML"));
}

TEST_F(Loader, RefusesAFileThatIsNotNamedAfterItsPlugin) {
  given_plugin("plain");
  given_manifest("plain");
  for (const auto* ending : {".so", ".toml"})
    std::filesystem::rename(folder.path() / (std::string("plain") + ending),
                            folder.path() / (std::string("other") + ending));
  EXPECT_EQ(refusal("other"), file("other") + ": holds the plugin plain; name the file after it");
}

TEST_F(Loader, LooksAtTheManifestsVersionsBeforeTheSymbols) {
  given_plugin("no_symbol");
  given_manifest_of_abi("no_symbol", "2.0");
  EXPECT_THAT(refusal("no_symbol"), ::testing::HasSubstr("needs plugin ABI 2.0"));
}

TEST_F(Loader, RefusesAnotherMajorByItsManifest) {
  given_plugin("wrong_major");
  given_manifest_of_abi("wrong_major", "2.0");
  EXPECT_EQ(refusal("wrong_major"),
            file("wrong_major") + ": needs plugin ABI 2.0, this host has 1.1; build it against this host's SDK");
}

TEST_F(Loader, RefusesAnotherMajorByItsCode) {
  given_plugin("wrong_major");
  given_manifest("wrong_major");
  EXPECT_EQ(refusal("wrong_major"),
            file("wrong_major") + ": needs plugin ABI 2.1, this host has 1.1; build it against this host's SDK");
}

TEST_F(Loader, RefusesANewerMinor) {
  given_plugin("newer_minor");
  given_manifest("newer_minor");
  EXPECT_EQ(refusal("newer_minor"),
            file("newer_minor") +
                ": needs plugin ABI 1.2, this host has 1.1; build it against this host's SDK or upgrade the host");
}

TEST_F(Loader, RefusesAnotherTag) {
  given_plugin("other_tag");
  given_manifest("other_tag");
  EXPECT_EQ(refusal("other_tag"), file("other_tag") + ": was built for itanium-libc++, this host for " + abi::kTag +
                                      "; build both with the same compiler options");
}

TEST_F(Loader, RefusesAMissingSymbol) {
  given_plugin("no_symbol");
  given_manifest("no_symbol");
  EXPECT_EQ(refusal("no_symbol"),
            file("no_symbol") + ": exports no hive_plugin_v1; declare the plugin with HIVE_PLUGIN");
}

TEST_F(Loader, RefusesWhatIsNoSharedObject) {
  std::ofstream(file("text")) << "no ELF at all";
  given_manifest("text");
  EXPECT_THAT(refusal("text"), ::testing::StartsWith(file("text") + ": is not a shared object of this machine"));
  std::ofstream(file("empty"));
  given_manifest("empty");
  EXPECT_THAT(refusal("empty"), ::testing::StartsWith(file("empty") + ": is not a shared object of this machine"));
}

TEST_F(Loader, RefusesAShortDescriptorAndOneWithoutCreate) {
  for (const auto* name : {"short_descriptor", "no_create"}) {
    given_plugin(name);
    given_manifest(name);
  }
  EXPECT_THAT(refusal("short_descriptor"), ::testing::HasSubstr("its descriptor has 16 bytes, ABI 1.1 has"));
  EXPECT_THAT(refusal("no_create"), ::testing::HasSubstr("its descriptor lacks id, version, create or destroy"));
}

TEST_F(Loader, RefusesWordsThatNobodyShouldBeShown) {
  const std::pair<std::string, std::string> lines[] = {
      {"version = \"1\\u202e0\"", "its version is empty, over 64 bytes, or has characters that cannot be seen"},
      {"version = \"1\\n0\"", "its version is empty"},
      {"provides = [\"plain\", \"two words\"]", "its `provides` has `two words`, which is not a role name"},
      {"needs = [\"Upper\"]", "its `needs` has `Upper`, which is not a role name"},
      {"calls = [\"a.b\", \"\\u001b[2J\"]", "its `calls` has `?[2J`, which is not a name like role.verb"},
      {"listens = [\"a\"]", "its `listens` has `a`, which is not a name like role.fact"},
      {"publishes = [\"plain:2\"]", "its `publishes` has `plain`, which is not a name like role.fact"},
      {"publishes = [\"broker.sent:15\"]", "it publishes broker.sent and does not provide the role broker"},
      {"panel = \"../x.js\"", "its panel `../x.js` is not a file name like panel-hello.js"},
      {"snapshot = [\"things=plain.list\"]",
       "its `snapshot` has `things=plain.list`, which is not a source like key=role.verb/member"},
      {"settings = \"[]\"", "the description of its settings is not a JSON object"},
      {"settings = '{\"description\":\"\\u202e\"}'",
       "the description of its settings has characters that cannot be seen"}};
  given_plugin("plain");
  for (const auto& [line, found] : lines) {
    std::map<std::string, std::string> words{{"version", "version = \"1.0.0\""},
                                             {"provides", "provides = [\"plain\"]"}};
    words[line.substr(0, line.find(' '))] = line;
    std::ofstream manifest(folder.path() / "plain.toml");
    manifest << "id = \"plain\"\nabi = \"1.1\"\nabi_tag = \"" << abi::kTag << "\"\n";
    for (const auto& [name, text] : words) manifest << text << "\n";
    manifest.close();
    for (const auto how : {Load::code, Load::manifest_only}) {
      const auto accepted = accept_plugin(file("plain"), how);
      ASSERT_FALSE(accepted) << line;
      EXPECT_THAT(accepted.error().message, ::testing::StartsWith(file("plain") + ": " + found)) << line;
    }
  }
}

TEST_F(Loader, RefusesAnIdThatIsNoName) {
  for (const auto& id : std::vector<std::string>{"Plain", "../plain", "pl ain", std::string(60, 'p')}) {
    std::ofstream(folder.path() / "x.toml")
        << "id = \"" << id << "\"\nversion = \"1\"\nabi = \"1.1\"\nabi_tag = \"" << abi::kTag << "\"\n";
    const auto accepted = accept_plugin(file("x"), Load::manifest_only);
    ASSERT_FALSE(accepted);
    EXPECT_THAT(accepted.error().message, ::testing::AnyOf(::testing::HasSubstr("its id must look like"),
                                                           ::testing::HasSubstr("name the file after it")));
  }
}

TEST_F(Loader, RefusesAManifestThatDisagrees) {
  given_plugin("plain");
  given_manifest("plain", "calls = [\"broker.send\"]\n");
  EXPECT_EQ(refusal("plain"),
            file("plain") + ": its manifest and its code disagree about `calls`; build the plugin again");
}

}  // namespace
}  // namespace hive::host

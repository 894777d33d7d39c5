#include "seed_files.hpp"

namespace hive::lifecycle {

namespace {

// `@name@` is the agent's name.

constexpr std::string_view kAgentToml =
    R"(# What @name@ is and what it may do. Every runtime reads this file; an unknown key is an error.
# Everything here is optional: the lines below that begin with # show how a setting looks.

# model = "sonnet"                       # the CLI's model name; absent: the hive's default
# allowed_recipients = ["alice"]         # absent or empty: anyone. The manager is always allowed
# bash_allow = ["git *", "cargo test*"]  # absent: unrestricted; present: just these Bash commands
# env = { EDITOR = "vi" }                # for its tools; not ANTHROPIC_*, CLAUDE_*, HIVE_*, LD_*, PATH, HOME

# [[mount]]                              # a folder of the operator's; shown in the approval
# source = "/home/op/project"            # canonical, outside the hive's root and the system's folders
# target = "/mnt/project"
# mode = "rw"                            # ro or rw

# [budget]
# usd_per_day = 5.0

# [limits]
# memory = "2G"
# cpus = 2.0
# pids = 512

# [network]
# egress = ["api.anthropic.com:443"]     # absent: unrestricted; not every runtime can enforce it

# [mcp.matrix]                           # an extra MCP server; its tools are mcp__matrix__<tool>
# command = "matrix-mcp"
# args = ["--stdio"]
# env = { ROOM = "!x" }
# allowed_tools = ["send_message"]       # absent or ["*"]: all of its tools
)";

constexpr std::string_view kAgentNix =
    R"(# What only NixOS can do for @name@: packages and services. Other runtimes do not read this file.
# Settings that every runtime knows belong into agent.toml.
# `flakeInputs` are the inputs of flake.nix, like flakeInputs.tool.packages.${pkgs.system}.default.
{ config, lib, pkgs, flakeInputs, ... }:
{
  environment.systemPackages = with pkgs; [
    # ripgrep
  ];
}
)";

constexpr std::string_view kFlakeNix =
    R"(# The module of @name@. The host wraps it with the agent's identity; only the inputs block may change.
{
  description = "Configuration of the agent @name@";

  inputs = {
    # >>> inputs
    # tool.url = "github:owner/tool";
    # <<< inputs
  };

  outputs = inputs: {
    nixosModules.default = { ... }: {
      imports = [ ./agent.nix ];
      _module.args.flakeInputs = removeAttrs inputs [ "self" ];
    };
  };
}
)";

constexpr std::string_view kReadme = R"(# Configuration of @name@

| file | what it is for |
|---|---|
| `agent.toml` | model, recipients, mounts, limits, extra MCP servers: what every runtime understands |
| `agent.nix` | packages and services, where the runtime is NixOS |
| `flake.nix` | inputs for `agent.nix`; only the block between the `inputs` marks may change |

The manager edits and commits here. Nothing of it holds until a commit has been proposed and the operator
has approved it; the remote `applied` shows what is deployed (`git fetch applied && git diff applied/main`).
)";

std::string named(std::string_view text, const std::string& name) {
  constexpr std::string_view kMark = "@name@";
  std::string out;
  for (std::size_t at = text.find(kMark); at != text.npos; at = text.find(kMark)) {
    out += text.substr(0, at);
    out += name;
    text.remove_prefix(at + kMark.size());
  }
  out += text;
  return out;
}

}  // namespace

std::vector<git::File> seed_files(const std::string& name) {
  return {{"agent.toml", named(kAgentToml, name)},
          {"agent.nix", named(kAgentNix, name)},
          {"flake.nix", named(kFlakeNix, name)},
          {"README.md", named(kReadme, name)}};
}

}  // namespace hive::lifecycle

#include "pkg/kube/expand.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Expand, PutsVariablesInAsKubernetesDoes) {
  const std::map<std::string, std::string> variables = {
      {"A", "1"}, {"EMPTY", ""}, {"NESTED", "$(A)"}, {"a.b-c", "dots"}};
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"$(A)", "1"},
      {"x$(A)y$(A)z", "x1y1z"},
      {"$(EMPTY)", ""},
      {"$$(A)", "$(A)"},
      {"$$$(A)", "$1"},
      {"$$$$(A)", "$$(A)"},
      {"$(UNKNOWN)", "$(UNKNOWN)"},
      {"$(A", "$(A"},
      {"$A ${A}", "$A ${A}"},
      {"$", "$"},
      {"$$", "$"},
      {"a$", "a$"},
      {"$(NESTED)", "$(A)"},
      {"$(a.b-c)", "dots"},
      {"$()", "$()"},
      {"$($(A))", "$(1)"},
  };
  for (const auto& [text, expanded] : cases)
    EXPECT_EQ(kube::expand(text, variables), expanded) << text;
}

}  // namespace

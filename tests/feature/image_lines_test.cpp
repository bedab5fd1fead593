// What people type about images every day: a line, its exit status, the shape of what it writes.
#include "tests/support/command_line.hpp"
#include "tests/support/home.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <map>

namespace {

using ::testing::MatchesRegex;

struct Line {
  const char* words;
  int status;
  const char* out;         // the whole of standard output
  const char* err = ".*";  // likewise
};

// In this order, on one store (see SetUp). @BASE@, @APP@, @BARE@, @LIST@ are ids, @DIR@ a folder.
constexpr Line kLines[] = {
    {"images", 0, "REPOSITORY +TAG +IMAGE ID +CREATED +SIZE *\n([^\n]+\n){5}"},
    {"image ls -n", 0, "([^\n]+\n){5}"},
    {"image list -a --noheading", 0, "([^\n]+\n){5}"},
    {"images -q", 0, "([0-9a-f]{12}\n){4}"},
    {"images -q --no-trunc", 0, "(sha256:[0-9a-f]{64}\n){4}"},
    {"images app", 0, "REPO[^\n]+\n([^\n]+app +[12] [^\n]+\n){2}"},
    {"images -q localhost/app:1", 0, "[0-9a-f]{12}\n"},
    {"images -n nosuch", 0, ""},
    {"images one two", 125, "", ".*one argument too many\n"},
    {"images --digests base", 0, "REPO.+DIGEST.+sha256:[0-9a-f]{64} .+"},
    {"images --sort repository --format '{{.Repository}}:{{.Tag}}'", 0,
     "<none>:<none>\nlocalhost/app:1\nlocalhost/base:latest\nlocalhost/multi:latest\n"
     "quay.io/team/app:2\n"},
    {"images --format 'table {{.ID}}\\t{{.Size}}' base", 0,
     "IMAGE ID +SIZE\n[0-9a-f]{12} +[0-9.]+ k?B\n"},
    {"images --format json", 0, "\\[\n.+\\]\n"},
    {"images --format '{{json .Names}}' base", 0, "\\[\"localhost/base:latest\"\\]\n"},
    {"images --format '{{.Os}} {{.IsManifestList}}' base", 0, "linux false\n"},
    {"images --format '{{.IsManifestList}}' multi", 0, "true\n"},
    {"images --format '{{.CreatedAt}}' base", 0, "20[0-9-]{8} [0-9:]{8} \\+0000 UTC\n"},
    {"images --format '{{.Colour}}'", 125, "", ".*can.t evaluate field.*"},
    {"images --sort colour", 125, "", ".*not one of created, id, repository, size, tag\n"},
    {"images -f color=red", 125, "", ".*no such filter\n"},
    {"images -q --no-trunc -f dangling=true", 0, "sha256:@BARE@\n"},
    {"images -f label=a=b --format '{{.Repository}}'", 0, "localhost/app\nquay.io/team/app\n"},
    {"images -f manifest=true --format '{{.Repository}}'", 0, "localhost/multi\n"},
    {"images -f containers=true --format '{{.Repository}}'", 0, "localhost/base\n"},
    {"images -f reference=*/team/* --format '{{.Tag}}'", 0, "2\n"},
    {"images -f since=multi -q", 0, ""},

    {"image exists base", 0, "", ""},
    {"image exists sha256:@BASE@", 0, "", ""},
    {"image exists multi", 0, "", ""},
    {"image exists team/app:2", 0, "", ""},
    {"image exists app:2", 0, "", ""},
    {"image exists app:3", 1, "", ""},
    {"inspect --format '{{.Id}}' base", 0, "@BASE@\n"},
    {"image inspect -f '{{.Id}}' multi", 0, "@BASE@\n"},
    {"inspect --format '{{.RepoTags}} {{.Config.Cmd}} {{index .Config.Labels \"a\"}}' app:1", 0,
     "\\[localhost/app:1 quay.io/team/app:2\\] \\[one two\\] b\n"},
    {"image inspect base nosuch", 125, "\\[\n.+\\]\n", ".*nosuch: no such image\n"},
    {"inspect nosuch", 125, "\\[\\]\n", ".*nosuch: no such object\n"},
    {"inspect --type container base", 125, "\\[\\]\n"},
    {"history base", 0, "ID +CREATED +CREATED BY +SIZE +COMMENT\n[0-9a-f]{12} [^\n]+\n"},
    {"history -q base", 0, "[0-9a-f]{12}\n"},
    {"image history --format json base", 0, "\\[\n.+\"id\": \"@BASE@\".+\\]\n"},
    {"history nosuch", 125, "", ".*nosuch: image not known\n"},
    {"image tree base", 0, "Image ID: [0-9a-f]{12}\nTags: .+Image Layers\n.+"},
    {"image diff app:1", 0, "A /etc\nA /etc/name\n"},
    {"image mount base", 125, "", ".*pod unshare.*"},
    {"image scp base there:", 125, "", ".*pod save IMAGE \\| ssh HOST pod load.*"},

    {"tag base other localhost/base:2", 0, "", ""},
    {"tag nosuch x", 125, "", ".*nosuch: image not known\n"},
    {"tag base", 125, "", ".*NAME is missing\n"},
    {"untag base localhost/base:2", 0, "", ""},
    {"untag base nosuch", 125, ""},

    {"save -o @DIR@/app.tar app:1", 0, "", ""},
    {"image save -q --format oci-archive -o @DIR@/app.oci app:1", 0, "", ""},
    {"save nosuch", 125, "", ".*nosuch: image not known\n"},
    {"save --format zip app:1", 125, "", ".*not one of docker-archive, .*"},
    {"load -i @DIR@/app.tar", 0, "Loaded image: localhost/app:1\n"},
    {"load -q -i @DIR@/app.oci", 0, "Loaded image: localhost/app:1\n"},
    {"load -i @DIR@/nosuch", 125, "", ".*no such file or directory\n"},
    {"import -q @DIR@/root.tar localhost/app:9", 0, "sha256:[0-9a-f]{64}\n"},
    {"import @DIR@/nosuch", 125, "", ".*no such file or directory\n"},
    {"import -c 'COLOUR red' @DIR@/root.tar", 125, "", ".*COLOUR.*"},
    {"commit -q user localhost/app:8", 0, "[0-9a-f]{64}\n"},
    {"commit nosuch", 125, "", ".*no such container\n"},
    {"export -o @DIR@/user.tar user", 0, "", ""},
    {"push base dir:@DIR@/dir", 0, ""},
    {"push -q base oci:@DIR@/oci:x", 0, ""},
    {"pull -q oci:@DIR@/oci:x", 0, "[0-9a-f]{64}\n"},
    {"untag base x", 0, "", ""},
    {"pull --policy never nosuch", 125, ""},
    {"pull", 125, "", ".*IMAGE is missing\n"},
    {"push nosuch", 125, "", ".*nosuch: image not known\n"},

    {"login --get-login localhost:1", 125, "", ".*not logged into localhost:1\n"},
    {"logout localhost:1", 125, "", ".*not logged into localhost:1\n"},
    {"search", 125, "", ".*TERM is missing\n"},
    {"manifest exists multi", 0, "", ""},
    {"manifest inspect multi", 0, "\\{\n.+\"schemaVersion\": 2.+\\}\n"},
    {"manifest create multi", 125, "", ".*--amend adds to it\n"},
    {"manifest rm nosuch", 1, "", ".*no such manifest list here\n"},
    {"artifact add notes @DIR@/root.tar", 0, "[0-9a-f]{64}\n"},
    {"artifact ls -n", 0, "localhost/notes +latest +[0-9a-f]{12} +[^\n]+\n"},
    {"system df", 0,
     "TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE\nImages +6 +1 .+\nLocal Volumes .+\nArtifacts +1 .+"},
    {"system df -v", 0, "Images space usage:\n.+Containers space usage:\n.+Local Volumes .+"},
    {"system df --format '{{.Type}} {{.RawReclaimable}}'", 0, "Images [1-9][0-9]*\n.+"},
    {"artifact rm notes", 0, "[0-9a-f]{64}\n"},

    {"rmi", 125, "", ".*name an image, or use --all\n"},
    {"rmi nosuch", 1, "", ".*nosuch: image not known\n"},
    {"rmi -f nosuch", 0, "", ""},
    {"image rm --ignore nosuch", 0, "", ""},
    {"rmi @APP@", 125, "", ".*more than one tag.*please force removal\n"},
    {"rmi nosuch app:1", 1, "Untagged: localhost/app:1\n", ".*nosuch: image not known\n"},
    {"rmi other base", 2, "Untagged: localhost/other:latest\n", ".*used by container user.*"},
    {"rmi app:2", 0, "Untagged: quay.io/team/app:2\nDeleted: @APP@\n", ""},
    {"rmi multi", 0, "Untagged: localhost/multi:latest\nDeleted: @LIST@\n", ""},
    {"image prune -f", 0, "@BARE@\n", ".*Total reclaimed space: .+\n"},
    {"image prune", 125, ".*\\[y/N\\].*", ".*use --force\n"},
    {"system check", 0, ".*"},
    {"system prune -af", 0, "Deleted Containers\n.+Deleted Images\n.+Total reclaimed space: .+\n"},
    {"images -n", 0, ""},
};

class ImageLines : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    const std::string tar = write("root.tar", support::TarText().file("etc/name", "x").end());
    values_["DIR"] = root();
    values_["BASE"] = import({tar, "base"});
    values_["APP"] = import({"-c", "CMD [\"one\", \"two\"]", "-c", "LABEL a=b", tar, "app:1"});
    must({"tag", "app:1", "quay.io/team/app:2"});
    values_["BARE"] = import({tar});
    values_["LIST"] = must({"manifest", "create", "multi", "base"});
    must({"create", "--name", "user", "--network", "none", "base", "x"});
  }

  std::string import(support::Words words) const {
    words.insert(words.begin(), {"import", "-q"});
    return must(words).substr(std::string("sha256:").size());
  }

  std::map<std::string, std::string> values_;
};

}  // namespace

TEST_F(ImageLines, DoWhatTheFieldExpects) {
  for (const Line& line : kLines) {
    const auto result = pod(support::split_line(support::fill_in(line.words, values_)));

    EXPECT_EQ(result.status, line.status) << line.words << "\n" << result;
    EXPECT_THAT(result.out, MatchesRegex(support::fill_in(line.out, values_))) << line.words;
    EXPECT_THAT(result.err, MatchesRegex(line.err)) << line.words;
  }
}

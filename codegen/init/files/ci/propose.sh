#!/bin/sh
# Propose what `tox run -e update` left in the work tree, by the means of the host that runs this:
#
#     sh ci/propose.sh REPORT
#
# GitHub: gh, with GH_TOKEN. GitLab: git's push options, with GITLAB_TOKEN. A second run renews the same request. A document
# that was refused (update left it in REPORT.refused) becomes a draft that asks people, and the exit code is 1.
set -eu
report=$1

if [ -d "$report.refused" ]; then
    branch=spec-update/refused
    title="The changed document was refused"
    mkdir -p openapi/refused
    cp -R "$report.refused/." openapi/refused/
    if [ -f "$report.refused/overlay.patch" ]; then
        git apply "$report.refused/overlay.patch"
        rm openapi/refused/overlay.patch
    fi
elif [ -n "$(git status --porcelain)" ]; then
    version=$(sed -n 's/^version = "\([^"]*\)".*/\1/p' pyproject.toml | head -n 1)
    branch="spec-update/$version"
    title="Take in the changed document as $version"
else
    echo "nothing has changed: nothing is proposed"
    exit 0
fi

git switch --quiet --force-create "$branch"
git add --all
git -c user.name="Spec update" -c user.email="spec-update@noreply.invalid" commit --quiet --message "$title"

if [ -n "${GITHUB_ACTIONS:-}" ]; then
    gh auth setup-git
    git push --quiet --force origin "HEAD:refs/heads/$branch"
    number=$(gh pr list --head "$branch" --state open --json number --jq '.[0].number // empty')
    if [ -n "$number" ]; then
        gh pr edit "$number" --title "$title" --body-file "$report"
    else
        set -- --head "$branch" --base "$GITHUB_REF_NAME" --title "$title" --body-file "$report"
        if [ -d "$report.refused" ]; then
            set -- "$@" --draft
        fi
        gh pr create "$@"
    fi
elif [ -n "${GITLAB_CI:-}" ]; then
    if [ -d "$report.refused" ]; then
        title="Draft: $title"
    fi
    # shellcheck disable=SC2016 # the helper reads the token from the environment: no argument shows it
    git -c credential.helper='!f() { echo username=oauth2; echo "password=$GITLAB_TOKEN"; }; f' push --quiet --force \
        -o merge_request.create \
        -o merge_request.target="$CI_DEFAULT_BRANCH" \
        -o merge_request.title="$title" \
        -o merge_request.description="What changed: $CI_JOB_URL/artifacts/file/$report" \
        "$CI_PROJECT_URL.git" "HEAD:refs/heads/$branch"
else
    echo "this is no job of GitHub or GitLab: the branch $branch is there, push it" >&2
    exit 2
fi

if [ -d "$report.refused" ]; then
    exit 1
fi

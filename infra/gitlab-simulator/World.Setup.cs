namespace Cki.GitLabSimulator;

// Users, projects, runners: what an administrator would click together.
public sealed partial class GitLabWorld
{
    private readonly SortedDictionary<string, GitLabToken> _tokens = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, GitLabProject> _projects = [];
    private readonly List<GitLabUser> _users = [];
    private readonly List<GitLabRunner> _runners = [];

    public IReadOnlyList<GitLabUser> Users => Locked(() => _users.ToArray());

    public GitLabUser AddUser(string username, string? name = null) => Locked(() =>
    {
        var user = new GitLabUser(NextId("user"), username, name ?? username, $"{username}@example.com");
        _users.Add(user);
        return user;
    });

    public GitLabToken AddToken(GitLabUser user, string value, string scope = "api") => Locked(() =>
    {
        var token = new GitLabToken(value, user, scope);
        _tokens.Add(value, token);
        return token;
    });

    /// <summary>An empty repository; <see cref="Push(string, string, GitLabCommit[])"/> fills it.</summary>
    public GitLabProject AddProject(string path, string defaultBranch = "main") => Locked(() =>
    {
        if (_projects.Values.Any(known => known.Path == path))
            throw new ArgumentException($"There is a project {path} already.", nameof(path));
        var project = new GitLabProject(NextId("project", 11), path, defaultBranch);
        _projects.Add(project.Id, project);
        return project;
    });

    public void AddMember(GitLabProject project, GitLabUser user, GitLabRole role) => Locked(() => project.Members[user.Id] = role);

    /// <summary>A world without runners leaves every job pending.</summary>
    public GitLabRunner AddRunner(string description, params string[] tags) => Locked(() =>
    {
        var runner = new GitLabRunner(NextId("runner", 41), description, tags);
        _runners.Add(runner);
        After(TimeSpan.Zero, AssignRunners);
        return runner;
    });

    public GitLabHook AddHook(GitLabProject project, string url, Action<GitLabHook>? with = null) => Locked(() =>
    {
        var hook = new GitLabHook(NextId("hook"), url) { Uuid = NextUuid(), CreatedAt = Now };
        with?.Invoke(hook);
        project.Hooks.Add(hook);
        return hook;
    });

    /// <summary>By path with namespace.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public GitLabProject Project(string path) => Locked(() => _projects.Values.FirstOrDefault(project => project.Path == path))
        ?? throw new ArgumentException($"There is no project {path}.", nameof(path));

    internal GitLabProject? FindProject(string idOrPath) =>
        long.TryParse(idOrPath, out long id)
            ? _projects.GetValueOrDefault(id)
            : _projects.Values.FirstOrDefault(project => string.Equals(project.Path, idOrPath, StringComparison.OrdinalIgnoreCase));

    internal GitLabToken? FindToken(string value) => _tokens.GetValueOrDefault(value);

    internal IReadOnlyList<GitLabRunner> Runners => _runners;

    internal bool Maintains(GitLabUser user, GitLabRunner runner) => _projects.Values
        .Where(project => runner.OnlyProjects.Count == 0 || runner.OnlyProjects.Contains(project.Path))
        .Any(project => project.Members.GetValueOrDefault(user.Id) >= GitLabRole.Maintainer);

    internal GitLabJob? FindJob(long id) => _jobs.GetValueOrDefault(id);

    internal GitLabPipeline? FindPipeline(long id) => _pipelines.GetValueOrDefault(id);

    internal List<GitLabCommitStatus> StatusLog => _statuses;
}

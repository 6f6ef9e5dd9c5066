using System.Text;

using Cki.Tests.Doubles;
using Cki.WebhookIntake;

namespace Cki.Tests.IntakeRooms;

/// <summary>Payloads as GitLab sends them, shortened to what matters, and requests that carry them.</summary>
internal static class Payloads
{
    public static readonly Uri Host = new("https://gitlab.example");

    public static string Push(char before = 'a', char after = 'b', string gitRef = "refs/heads/main") => $$"""
        {"object_kind":"push","event_name":"push","before":"{{A.Sha(before)}}","after":"{{A.Sha(after)}}","ref":"{{gitRef}}",
         "checkout_sha":"{{A.Sha(after)}}","project_id":15,"project":{"id":15,"name":"Linux","path_with_namespace":"kernel/linux"},
         "commits":[{"id":"{{A.Sha('c')}}","message":"mm: older\n","title":"mm: older","added":["x"]},
                    {"id":"{{A.Sha(after)}}","message":"net: fix a leak\n\nLong story.","title":"net: fix a leak","modified":[]}],
         "total_commits_count":2}
        """;

    public static string Job(string status) => $$"""
        {"object_kind":"build","ref":"main","build_id":77,"build_name":"build x86_64","build_stage":"build","build_status":"{{status}}",
         "pipeline_id":1000,"project_id":3,"project":{"path_with_namespace":"cki/pipelines"},"commit":{"id":1000,"sha":"{{A.Sha('a')}}"} }
        """;

    public static string Pipeline(string status) => $$"""
        {"object_kind":"pipeline","object_attributes":{"id":1000,"status":"{{status}}","ref":"main"},
         "project":{"path_with_namespace":"cki/pipelines"},"builds":[{"id":77,"status":"failed"}]}
        """;

    public static DoorRequest Request(string body, string? token = "hook-secret", string? delivery = "d-1") => Request(Encoding.UTF8.GetBytes(body), token, delivery);

    public static DoorRequest Request(byte[] body, string? token = "hook-secret", string? delivery = "d-1")
    {
        var headers = new Dictionary<string, string> { ["content-type"] = "application/json", ["x-gitlab-event"] = "Push Hook" };
        if (token is not null)
            headers["x-gitlab-token"] = token;
        if (delivery is not null)
            headers["idempotency-key"] = delivery;
        return new DoorRequest("POST", "/webhooks/gitlab", headers, body);
    }

    public static WebhookEvent Read(string body) => GitLabPayload.Read(Encoding.UTF8.GetBytes(body), Host);
}

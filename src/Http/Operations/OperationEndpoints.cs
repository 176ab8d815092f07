using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Operations;

/// <summary>Whether all is well.</summary>
internal sealed record HealthForm(string Status);

/// <summary><c>/health/*</c> and <c>/metrics</c>.</summary>
internal static class OperationEndpoints
{
    public static void MapOperation(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.Live, () => TypedResults.Json(new HealthForm("live"), WireJson.Options))
            .Produces<HealthForm>();
        app.Map(Routes.Ready, Ready).Produces<HealthForm>().WithProblems(503);
        app.Map(Routes.Metrics, Metrics).Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static Results<JsonHttpResult<HealthForm>, ProblemResult> Ready(
        ITwinHost host, HttpOptions options)
    {
        var status = host.Status();
        if (status.Ready) return TypedResults.Json(new HealthForm("ready"), WireJson.Options);
        return new ProblemResult(
            ProblemKind.Unavailable, $"{status.Problem}.") { RetryAfter = options.RetryAfterUnavailable };
    }

    private static ContentHttpResult Metrics(ITwinHost host, ApiMeters meters)
    {
        var text = new MetricsText();
        meters.Write(text);
        Write(text, host.Status());
        return TypedResults.Text(text.ToString(), MetricsText.MediaType);
    }

    private static void Write(MetricsText text, HostStatus status)
    {
        text.Family("dtoc_ready", "gauge", "1 while messages are taken and can be made durable.");
        text.Sample("dtoc_ready", status.Ready ? 1 : 0);
        Write(text, status, "dtoc_turns_total", "counter", "Turns run.", partition => partition.Turns);
        Write(text, status, "dtoc_commits_total", "counter", "Commits made.", partition => partition.Commits);
        Write(text, status, "dtoc_failed_commits_total", "counter", "Commits that failed.", partition =>
            partition.FailedCommits);
        Write(text, status, "dtoc_evictions_total", "counter", "Grains put out of memory.", partition =>
            partition.Evictions);
        Write(text, status, "dtoc_journal_entries_total", "counter", "Journal entries written.", partition =>
            partition.JournalEntries);
        Write(text, status, "dtoc_mailbox_messages", "gauge", "Messages waiting.", partition =>
            partition.MailboxLength);
        Write(text, status, "dtoc_pending_effects", "gauge", "Effects waiting to be delivered to grains.",
            partition => partition.PendingEffects);
        Write(text, status, "dtoc_resident_bytes", "gauge", "Bytes of the states in memory.", partition =>
            partition.ResidentBytes);
        text.Family("dtoc_activations", "gauge", "Grains in memory.");
        foreach (var partition in status.Partitions)
        {
            foreach (var (kind, count) in partition.Activations)
            {
                text.Sample("dtoc_activations", count, ("partition", $"{partition.Partition}"),
                    ("kind", WireJson.Word(kind)));
            }
        }
    }

    private static void Write(
        MetricsText text, HostStatus status, string name, string type, string help,
        Func<PartitionStatus, double> value)
    {
        text.Family(name, type, help);
        foreach (var partition in status.Partitions)
        {
            text.Sample(name, value(partition), ("partition", $"{partition.Partition}"));
        }
    }
}

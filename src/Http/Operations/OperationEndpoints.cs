using System.Globalization;
using System.Text.Json.Serialization;
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
/// <param name="Status">live or ready.</param>
/// <param name="Warning">What will be a problem if nobody acts, or null.</param>
internal sealed record HealthForm(
    string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning = null);

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
        if (status.Ready) return TypedResults.Json(new HealthForm("ready", WarningOf(status.Disk)), WireJson.Options);
        return new ProblemResult(
            ProblemKind.Unavailable, $"{status.Problem}.") { RetryAfter = options.RetryAfterUnavailable };
    }

    private static string? WarningOf(DiskStatus? disk) => disk switch
    {
        { Problem: { } problem } => problem,
        { IsLow: true, FreeBytes: { } free } => string.Create(
            CultureInfo.InvariantCulture, $"only {free} bytes are free on the volume of the data folder"),
        _ => null,
    };

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
        if (status.Disk is { } disk) Write(text, disk);
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

    private static void Write(MetricsText text, DiskStatus disk)
    {
        if (disk.FreeBytes is { } free)
        {
            text.Family("dtoc_disk_free_bytes", "gauge", "Bytes that are free on the data folder's volume.");
            text.Sample("dtoc_disk_free_bytes", free);
        }
        text.Family("dtoc_disk_low", "gauge", "1 while less is free than the low-water mark.");
        text.Sample("dtoc_disk_low", disk.IsLow ? 1 : 0);
        text.Family("dtoc_disk_problem", "gauge", "1 while commits, or moving the log into its file, fail.");
        text.Sample("dtoc_disk_problem", disk.Problem is null ? 0 : 1);
        text.Family("dtoc_damaged_reads_total", "counter", "Reads that found something not as it was written.");
        text.Sample("dtoc_damaged_reads_total", disk.DamagedReads);
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

using System.Globalization;
using System.Net.Http;
using DToC.Conformance;
using DToC.Grains;
using DToC.Http.Tests;

namespace DToC.Fuzz.Requests;

/// <summary>Customers that no fuzzed request is about: their twins must stay as they are, to the byte.</summary>
internal sealed class Bystanders
{
    private const int Count = 20;
    private const int EventsEach = 10;
    private readonly List<(GrainKey Key, StoredState State, int Entries)> _before = [];

    /// <summary>Events that were accepted for them.</summary>
    public const int Events = Count * EventsEach;

    public static async Task<Bystanders> MakeAsync(ApiServer server, Vocabulary vocabulary)
    {
        var draws = new SeededDraws(99);
        var bystanders = new Bystanders();
        for (var i = 0; i < Count; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"bystander-{i}");
            var lines = Enumerable.Range(0, EventsEach).Select(e => vocabulary.Event(draws, $"b{i}-{e}", id));
            var answer = await server.PostEventsAsync(string.Join('\n', lines), "application/x-ndjson");
            foreach (var line in answer.Lines) Assert.Equal("accepted", line["status"]!.GetValue<string>());
            await server.SendAsync(HttpMethod.Put, $"/v1/twins/{id}/consents", """{"marketing":"granted"}""");
            await server.SendAsync(HttpMethod.Post, $"/v1/twins/{id}/next-best-action");
        }
        for (var i = 0; i < Count; i++)
        {
            var key = GrainKey.Customer(string.Create(CultureInfo.InvariantCulture, $"bystander-{i}"));
            bystanders._before.Add((key, await StateOf(server, key), await EntriesOf(server, key)));
        }
        return bystanders;
    }

    /// <summary>Those that are not as they were.</summary>
    public async Task<List<string>> ChangedAsync(ApiServer server)
    {
        var changed = new List<string>();
        foreach (var (key, before, entries) in _before)
        {
            var now = await StateOf(server, key);
            if (now.Version != before.Version || !now.Bytes.Span.SequenceEqual(before.Bytes.Span)
                || await EntriesOf(server, key) != entries)
            {
                changed.Add($"The twin of {key.Id} changed: version {before.Version} is now {now.Version}.");
            }
        }
        return changed;
    }

    private static async Task<StoredState> StateOf(ApiServer server, GrainKey key) =>
        await server.Host.ReadAsync(key, default) ?? throw new InvalidOperationException($"{key} is gone.");

    private static async Task<int> EntriesOf(ApiServer server, GrainKey key) =>
        (await server.Host.ReadJournalAsync(key, default)).Count;
}

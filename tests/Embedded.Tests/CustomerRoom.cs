using System.IO.Compression;
using DToC.Grains;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Embedded.Tests;

/// <summary>
/// Folders of retail customers: 117 synthetic events of 6 customers in 2 partitions, as the release of format 1
/// wrote them.
/// </summary>
internal static class CustomerRoom
{
    /// <summary>A room with the folder as it was written.</summary>
    public static HostRoom OfFormat1()
    {
        var room = Empty();
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Formats", "format-1.zip"), room.Folder);
        return room;
    }

    /// <summary>A room for them, without any.</summary>
    public static HostRoom Empty()
    {
        var room = new HostRoom();
        var source = ShippedDefinitions.Find("retail") ?? throw new InvalidOperationException("No retail definition.");
        room.Options = room.Options with
        {
            Catalog = TwinGrains.Catalog(),
            InitialPlan = ((PlanCompilation.Compiled)TwinPlan.Load(source, "retail")).Plan,
            LoadPlan = TwinPlan.LoadKept,
        };
        return room;
    }

    /// <summary>The same after a start and a stop of this build, every state written anew.</summary>
    public static async Task<HostRoom> OfTodayAsync()
    {
        var room = OfFormat1();
        var host = room.Start();
        foreach (var key in await host.ListAsync(GrainKind.Customer, "", 100, default))
            Assert.IsType<Reply.Done>(await host.SendAsync(key, new GrainMessage.Refold(), default));
        await host.DisposeAsync();
        return room;
    }

    /// <summary>Every state and journal, a line each.</summary>
    public static async Task<List<string>> DumpAsync(EmbeddedHost host)
    {
        List<string> lines = [];
        foreach (var kind in Enum.GetValues<GrainKind>())
        {
            foreach (var key in await host.ListAsync(kind, "", 10_000, default))
            {
                var state = await host.ReadAsync(key, default);
                lines.Add($"{key} {state!.Version} {Convert.ToHexString(state.Bytes.Span)}");
                foreach (var row in await host.ReadRowsAsync(key, "", 10_000, default))
                    lines.Add($"  {row.Row} {Convert.ToHexString(row.Value.Span)}");
                foreach (var entry in await host.ReadJournalAsync(key, default))
                {
                    var payload = Convert.ToHexString(entry.Payload.Span);
                    lines.Add($"  {entry.Kind} {entry.RecordedAt} {entry.Seed} {payload}");
                }
            }
        }
        return lines;
    }

    /// <summary>All that is published and kept, by sender in its order.</summary>
    public static async Task<List<Published>> PublishedAsync(EmbeddedHost host, Topic topic, int count)
    {
        List<Published> all = [];
        await foreach (var published in host.SubscribeAsync(topic, Published.Beginning, default))
        {
            all.Add(published);
            if (all.Count == count) break;
        }
        return all;
    }
}

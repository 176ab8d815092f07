using System.Runtime.CompilerServices;
using DToC.Grains;

namespace DToC.Conformance;

/// <content>Reading all states of a kind, in ordinal order.</content>
public sealed partial class SimulatedHost
{
    private const string CursorMark = "after/";

    /// <inheritdoc/>
    public IAsyncEnumerable<StatePage> ReadAllAsync(
        GrainKind kind, string? cursor, int pageSize, CancellationToken cancellation)
    {
        StatePage.Check(pageSize);
        if (cursor is not null && !cursor.StartsWith(CursorMark, StringComparison.Ordinal))
            throw new FormatException($"A cursor of this host begins with '{CursorMark}'; this does not: {cursor}");
        return PagesAsync(kind, cursor?[CursorMark.Length..] ?? "", pageSize, cancellation);
    }

    /// <summary>One page of states after a key: those of an instant of this host.</summary>
    internal StatePage ReadPage(GrainKind kind, string after, int pageSize)
    {
        var prefix = StoredForms.States(kind);
        var names = _world.Disk.Scan(prefix, after.Length == 0 ? null : prefix + after + '\0')
            .Take(pageSize).Select(entry => entry.Key[prefix.Length..]).ToList();
        List<KeyedState> states = [];
        foreach (var id in names)
        {
            var key = new GrainKey(kind, id);
            if (!IsErased(key) && Read(key) is { } state) states.Add(new KeyedState(key, state));
        }
        return new StatePage(states, names.Count < pageSize ? null : CursorMark + names[^1]);
    }

    private async IAsyncEnumerable<StatePage> PagesAsync(
        GrainKind kind, string after, int pageSize, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        for (string? next = after; next is not null;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = ReadPage(kind, next, pageSize);
            next = page.Next?[CursorMark.Length..];
            yield return page;
        }
    }
}

using System.Text.Json;
using DToC.Grains;

namespace DToC.Conformance;

/// <summary>An erasure under way.</summary>
internal sealed class SimulatedErasure(string name, DataSubject subject, string by)
{
    private readonly List<Action<ErasureReceipt>> _waiting = [];

    /// <summary>Its name on the disk, while it is open.</summary>
    public string Name { get; } = name;

    public DataSubject Subject { get; private set; } = subject;

    public string By { get; } = by;

    public HashSet<GrainKey> Keys { get; private set; } = [.. subject.Keys];

    /// <summary>Messages it has sent and waits for.</summary>
    public int Asked { get; set; }

    /// <summary>What was removed so far.</summary>
    public KeptCounts Removed { get; set; }

    /// <summary>All who belong to it are closed, and what they sent has arrived.</summary>
    public bool IsClosed { get; set; }

    public bool IsTold { get; set; }

    /// <summary>What the disk keeps of it.</summary>
    public byte[] Stored(DataSubject subject) => JsonSerializer.SerializeToUtf8Bytes(new Named(subject, By));

    public static SimulatedErasure Of(string name, byte[] stored)
    {
        var (subject, by) = JsonSerializer.Deserialize<Named>(stored)!;
        return new SimulatedErasure(name, subject, by);
    }

    public void Widen(DataSubject wider)
    {
        Subject = wider;
        Keys = [.. wider.Keys];
    }

    public void Await(Action<ErasureReceipt> done) => _waiting.Add(done);

    public ErasureReceipt Complete()
    {
        var receipt = Receipt();
        foreach (var done in _waiting) done(receipt);
        return receipt;
    }

    public ErasureReceipt Receipt() => new()
    {
        Token = TokenOf(Name),
        At = SimulatedHost.Start,
        By = By,
        Subjects = [.. Subject.Customers.Select(id => $"{Twin.StableHash.Of(id):x16}").Order(StringComparer.Ordinal)],
        Removed = Removed,
        PublicKey = "",
    };

    /// <summary>The token of the erasure with this name.</summary>
    public static string TokenOf(string name) =>
        $"{Twin.StableHash.Of(name):x16}{Twin.StableHash.Of(name, 1):x16}";

    private sealed record Named(DataSubject Subject, string By);
}

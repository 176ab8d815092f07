using System.Security.Cryptography;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Http.Access;

/// <summary>
/// The keys, as read from their table not longer ago than <see cref="HttpOptions.KeyMemory"/>.
/// </summary>
public sealed class KeyRing(ITwinHost host, HttpOptions options, TimeProvider time)
{
    /// <summary>Id of the key that is there from the first start on.</summary>
    public const string RootId = "root";

    /// <summary>Fewest characters of an admin key that is given from outside.</summary>
    public const int MinGivenChars = 16;

    private Snapshot? _snapshot;
    private int _generation;

    /// <summary>The key with this text if it is taken now, or null.</summary>
    public async ValueTask<AccessKey?> FindAsync(string text, CancellationToken cancellation)
    {
        if (text.Length > KeyText.MaxChars) return null;
        var hash = KeyText.HashOf(text);
        var keys = await KeysAsync(cancellation);
        var now = Instant.From(time.GetUtcNow());
        return Match(keys, KeyText.IdOf(text), hash, now) ?? Match(keys, RootId, hash, now);
    }

    /// <summary>A key found before, as it is now: null when it is not taken any more.</summary>
    public async ValueTask<AccessKey?> FindAgainAsync(AccessKey key, CancellationToken cancellation) =>
        Match(
            await KeysAsync(cancellation), key.Id, key.SecretHash.ToArray(), Instant.From(time.GetUtcNow()));

    /// <summary>All keys, in the order of their ids.</summary>
    public async ValueTask<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellation) =>
        [.. (await host.ReadRowsAsync(AccessKeysGrain.Key, "", AccessKeysGrain.MaxKeys, cancellation))
            .Select(row => AccessKey.FromBytes(row.Value))];

    /// <summary>Issues a key; the second part is its text when it was issued.</summary>
    public async ValueTask<(Reply Reply, AccessKey Key, string Text)> IssueAsync(
        string name, KeyScopes scopes, Instant expires, KeyRate rate, CancellationToken cancellation)
    {
        var (id, text) = KeyText.Create();
        var key = new AccessKey(
            id, KeyText.HashOf(text), name, scopes, Instant.From(time.GetUtcNow()), expires, Instant.Never)
        {
            Rate = rate,
        };
        return (await WriteAsync(new AccessKeysMessage.Issue(key), cancellation), key, text);
    }

    /// <summary>Revokes a key; it is not taken from the reply on.</summary>
    public ValueTask<Reply> RevokeAsync(string id, CancellationToken cancellation) =>
        WriteAsync(new AccessKeysMessage.Revoke(id), cancellation);

    /// <summary>
    /// Sees to it that there is an admin key: the given text becomes one; without it one is made when there
    /// is no key at all. Returns the text of a key made here, to be shown once, else null.
    /// </summary>
    /// <param name="given">The text the operator wants as admin key, or null.</param>
    /// <exception cref="ArgumentException">The given text is too short or too long.</exception>
    /// <exception cref="InvalidOperationException">The key could not be stored.</exception>
    public async ValueTask<string?> EnsureAdminAsync(string? given, CancellationToken cancellation)
    {
        if (given is { Length: < MinGivenChars or > KeyText.MaxChars })
        {
            throw new ArgumentException(
                $"The admin key has {given.Length} characters; it must have {MinGivenChars} to "
                + $"{KeyText.MaxChars}.", nameof(given));
        }
        var known = await ListAsync(cancellation);
        if (given is null && known.Count > 0) return null;
        var text = given ?? KeyText.Create(RootId).Text;
        var hash = KeyText.HashOf(text);
        if (Match(known.ToDictionary(key => key.Id, StringComparer.Ordinal), RootId, hash,
            Instant.From(time.GetUtcNow())) is not null)
        {
            return null;
        }
        var name = given is null ? "first admin key" : "admin key of the environment";
        var key = new AccessKey(
            RootId, hash, name, KeyScopes.Admin, Instant.From(time.GetUtcNow()), Instant.Never,
            Instant.Never);
        var reply = await WriteAsync(new AccessKeysMessage.Issue(key, Replace: true), cancellation);
        if (reply is not Reply.Done)
        {
            throw new InvalidOperationException($"The admin key could not be stored: {reply}.");
        }
        return given is null ? text : null;
    }

    private async ValueTask<Reply> WriteAsync(AccessKeysMessage message, CancellationToken cancellation)
    {
        var reply = await host.SendAsync(AccessKeysGrain.Key, message, cancellation);
        Interlocked.Increment(ref _generation);
        return reply;
    }

    private async ValueTask<Dictionary<string, AccessKey>> KeysAsync(CancellationToken cancellation)
    {
        var generation = Volatile.Read(ref _generation);
        if (Volatile.Read(ref _snapshot) is { } known && known.Generation == generation
            && time.GetElapsedTime(known.ReadAt) < options.KeyMemory)
        {
            return known.Keys;
        }
        // Taken before reading: a write that comes in between makes this snapshot old.
        var readAt = time.GetTimestamp();
        var keys = (await ListAsync(cancellation)).ToDictionary(key => key.Id, StringComparer.Ordinal);
        Volatile.Write(ref _snapshot, new Snapshot(keys, readAt, generation));
        return keys;
    }

    private static AccessKey? Match(
        Dictionary<string, AccessKey> keys, string? id, byte[] hash, Instant now) =>
        id is not null && keys.TryGetValue(id, out var key)
        && CryptographicOperations.FixedTimeEquals(key.SecretHash.Span, hash) && key.IsLive(now)
            ? key
            : null;

    private sealed record Snapshot(Dictionary<string, AccessKey> Keys, long ReadAt, int Generation);
}

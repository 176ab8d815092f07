using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DToC.Grains;
using DToC.Http.Access;

namespace DToC.Http.Console.Sessions;

/// <summary>
/// Sessions of the console, in memory: a restart ends them all. A session is as good as the key it was begun with:
/// when that is revoked, replaced or expires, the session ends.
/// </summary>
internal sealed class ConsoleSessions(KeyRing ring, HttpOptions options, TimeProvider time)
{
    private const int TokenBytes = 32;

    private readonly Lock _changing = new();
    private readonly Dictionary<string, Session> _byHash = new(StringComparer.Ordinal);

    /// <summary>Begins a session with a key; the text given back is its only proof.</summary>
    public string Open(AccessKey key)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = time.GetUtcNow();
        lock (_changing)
        {
            foreach (var (hash, session) in _byHash)
            {
                if (session.Ends <= now) _byHash.Remove(hash);
            }
            if (_byHash.Count >= options.MaxSessions) _byHash.Remove(_byHash.MinBy(session => session.Value.Ends).Key);
            _byHash[HashOf(token)] = new Session(key, now + options.SessionLifetime);
        }
        return token;
    }

    /// <summary>The key of a session, as it is now; null when there is no such session any more.</summary>
    public async ValueTask<AccessKey?> FindAsync(string? token, CancellationToken cancellation)
    {
        if (token is null || token.Length > KeyText.MaxChars) return null;
        var hash = HashOf(token);
        Session? session;
        lock (_changing) _byHash.TryGetValue(hash, out session);
        if (session is null) return null;
        if (session.Ends > time.GetUtcNow()
            && await ring.FindAgainAsync(session.Key, cancellation) is { } key)
        {
            return key;
        }
        Close(token);
        return null;
    }

    /// <summary>Ends a session.</summary>
    public void Close(string token)
    {
        lock (_changing) _byHash.Remove(HashOf(token));
    }

    // Whoever reads this memory finds no token to use.
    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private sealed record Session(AccessKey Key, DateTimeOffset Ends);
}

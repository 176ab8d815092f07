using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Tables;

public sealed class AccessKeysGrainTests
{
    private readonly TableRoom _room = new(new AccessKeysGrain(), AccessKeysGrain.Key);

    private AccessKeysState State => (AccessKeysState)_room.State;

    [Fact]
    public void Key_is_kept_as_issued()
    {
        var key = Key("a");
        Assert.IsType<Reply.Done>(Issue(key));
        var read = AccessKey.FromBytes(_room.Rows["a"]);
        Assert.Equal(key with { SecretHash = default }, read with { SecretHash = default });
        Assert.Equal(key.SecretHash.ToArray(), read.SecretHash.ToArray());
    }

    [Fact]
    public void Rate_is_kept_and_a_key_without_one_keeps_the_form_older_builds_read()
    {
        var plain = Key("a");
        var rated = plain with { Rate = new KeyRate(1_000, 5) };
        Assert.Equal(new KeyRate(1_000, 5), AccessKey.FromBytes(rated.ToBytes()).Rate);
        Assert.Equal(default, AccessKey.FromBytes(plain.ToBytes()).Rate);
        Assert.Equal((1, 2), (Envelope.Open(plain.ToBytes())[0], Envelope.Open(rated.ToBytes())[0]));
    }

    [Fact]
    public void Id_is_taken_once_unless_it_is_replaced()
    {
        Issue(Key("a"));
        Assert.Equal(new AccessKeysReply.Taken("a"), Issue(Key("a")));
        Assert.IsType<Reply.Done>(
            _room.Tell(new AccessKeysMessage.Issue(Key("a") with { Name = "other" }, Replace: true)).Reply);
        Assert.Equal(("other", 1), (AccessKey.FromBytes(_room.Rows["a"]).Name, State.Count));
    }

    [Fact]
    public void Revoked_key_is_not_live_from_that_turn_on()
    {
        Issue(Key("a"));
        var live = AccessKey.FromBytes(_room.Rows["a"]);
        Assert.True(live.IsLive(_room.Now));
        _room.Now = _room.Now.PlusMs(1);
        _room.Tell(new AccessKeysMessage.Revoke("a"));
        var dead = AccessKey.FromBytes(_room.Rows["a"]);
        Assert.Equal((false, _room.Now), (dead.IsLive(_room.Now), dead.Revoked));
        Assert.False(_room.Tell(new AccessKeysMessage.Revoke("a")).Changed);
        Assert.Equal(new AccessKeysReply.Unknown("b"), _room.Tell(new AccessKeysMessage.Revoke("b")).Reply);
    }

    [Fact]
    public void Key_ends_at_its_expiry()
    {
        var key = Key("a") with { Expires = _room.Now.PlusMs(10) };
        Assert.Equal((true, false), (key.IsLive(_room.Now.PlusMs(9)), key.IsLive(_room.Now.PlusMs(10))));
    }

    [Fact]
    public void Scope_covers_itself_and_admin_covers_all()
    {
        var key = Key("a") with { Scopes = KeyScopes.Ingest | KeyScopes.Decide };
        Assert.Equal(
            (true, true, false, false),
            (key.Allows(KeyScopes.Ingest), key.Allows(KeyScopes.Decide), key.Allows(KeyScopes.Read),
            key.Allows(KeyScopes.Admin)));
        Assert.All(Enum.GetValues<KeyScopes>(), scope =>
            Assert.True((key with { Scopes = KeyScopes.Admin }).Allows(scope)));
    }

    [Fact]
    public void Full_table_refuses_until_a_key_is_dead()
    {
        for (var i = 0; i < AccessKeysGrain.MaxKeys; i++) Issue(Key($"k{i:0000}"));
        Assert.Equal(new AccessKeysReply.Full(AccessKeysGrain.MaxKeys), Issue(Key("more")));
        _room.Tell(new AccessKeysMessage.Revoke("k0500"));
        Assert.IsType<Reply.Done>(Issue(Key("more")));
        Assert.Equal(
            (AccessKeysGrain.MaxKeys, false, true),
            (State.Count, _room.Rows.ContainsKey("k0500"), _room.Rows.ContainsKey("more")));
    }

    private Reply Issue(AccessKey key) => _room.Tell(new AccessKeysMessage.Issue(key)).Reply;

    private AccessKey Key(string id) => new(
        id, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), $"key {id}", KeyScopes.Read, _room.Now,
            Instant.Never, Instant.Never);
}

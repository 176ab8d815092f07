using System.Text;
using DToC.Twin;

namespace DToC.Grains.Tests.Tables;

public sealed class ConnectorsGrainTests
{
    private readonly TableRoom _room = new(new ConnectorsGrain(), ConnectorsGrain.Key);

    [Fact]
    public void Connector_is_kept_as_it_was_made()
    {
        var made = Made("crm");
        Assert.IsType<Reply.Done>(Put(made, isNew: true));
        var read = Connector.FromBytes(_room.Rows["d/crm"]);
        Assert.Equal((made.Name, made.Role, made.Created), (read.Name, read.Role, read.Created));
        Assert.Equal("{}", Encoding.UTF8.GetString(read.Settings.Span));
        Assert.Equal([1, 2], Assert.Single(read.Secrets).Value.ToArray());
    }

    [Fact]
    public void Name_is_taken_once_within_its_role()
    {
        Put(Made("crm"), isNew: true);
        Assert.Equal(new ConnectorsReply.Taken("crm"), Put(Made("crm"), isNew: true));
        Assert.IsType<Reply.Done>(Put(Made("crm", ConnectorRole.Intake), isNew: true));
        Assert.Equal(new ConnectorsReply.Unknown("other"), Put(Made("other"), isNew: false));
        Assert.Equal(["d/crm", "i/crm"], _room.Rows.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public void Stopped_one_says_why_until_it_is_put_again()
    {
        Put(Made("crm"), isNew: true);
        _room.Tell(new ConnectorsMessage.Stop(ConnectorRole.Destination, "crm", "status-410"));
        Assert.Equal("status-410", Connector.FromBytes(_room.Rows["d/crm"]).Stopped);
        Put(Made("crm"), isNew: false);
        Assert.Equal("", Connector.FromBytes(_room.Rows["d/crm"]).Stopped);
    }

    [Fact]
    public void Full_table_takes_no_more_until_one_goes()
    {
        for (var i = 0; i < ConnectorsGrain.MaxConnectors; i++) Put(Made($"c{i}"), isNew: true);
        Assert.Equal(new ConnectorsReply.Full(ConnectorsGrain.MaxConnectors), Put(Made("more"), isNew: true));
        _room.Tell(new ConnectorsMessage.Remove(ConnectorRole.Destination, "c7"));
        Assert.IsType<Reply.Done>(Put(Made("more"), isNew: true));
        Assert.False(_room.Tell(new ConnectorsMessage.Remove(ConnectorRole.Destination, "c7")).Changed);
    }

    [Fact]
    public void Secrets_hold_until_their_end_the_longest_first()
    {
        var now = _room.Now;
        var connector = Made("crm") with
        {
            Secrets =
            [
                new ConnectorSecret("signing", new byte[] { 1 }, now.PlusMs(10)),
                new ConnectorSecret("signing", new byte[] { 2 }, Instant.Forever),
                new ConnectorSecret("password", new byte[] { 3 }, Instant.Forever),
            ],
        };
        Assert.Equal([2, 1], connector.SecretsOf("signing", now).Select(secret => (int)secret.Value.Span[0]));
        Assert.Equal([2], connector.SecretsOf("signing", now.PlusMs(10)).Select(secret => (int)secret.Value.Span[0]));
    }

    private Reply Put(Connector connector, bool isNew) =>
        _room.Tell(new ConnectorsMessage.Put(connector, isNew)).Reply;

    private Connector Made(string name, ConnectorRole role = ConnectorRole.Destination) =>
        new(role, name, Encoding.UTF8.GetBytes("{}"))
        {
            Created = _room.Now,
            Secrets = [new ConnectorSecret("signing", new byte[] { 1, 2 }, Instant.Forever)],
        };
}

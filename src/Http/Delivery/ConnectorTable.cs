using DToC.Grains;

namespace DToC.Http.Delivery;

/// <summary>The table of connectors, as a host keeps it.</summary>
internal sealed class ConnectorTable(ITwinHost host)
{
    /// <summary>All of a role, by name.</summary>
    public async ValueTask<IReadOnlyList<Connector>> ListAsync(ConnectorRole role, CancellationToken cancellation)
    {
        var rows = await host.ReadRowsAsync(
            ConnectorsGrain.Key, "", ConnectorsGrain.MaxConnectors, cancellation);
        return [.. rows.Select(row => Connector.FromBytes(row.Value)).Where(connector => connector.Role == role)];
    }

    /// <summary>The one of a name; null when there is none.</summary>
    public async ValueTask<Connector?> FindAsync(ConnectorRole role, string name, CancellationToken cancellation) =>
        await host.ReadRowAsync(ConnectorsGrain.Key, Connector.RowOf(role, name), cancellation) is { } row
            ? Connector.FromBytes(row) : null;

    /// <summary>A change.</summary>
    public ValueTask<Reply> SendAsync(ConnectorsMessage message, CancellationToken cancellation) =>
        host.SendAsync(ConnectorsGrain.Key, message, cancellation);
}

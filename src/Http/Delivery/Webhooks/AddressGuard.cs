using System.Net;
using System.Net.Sockets;

namespace DToC.Http.Delivery.Webhooks;

/// <summary>An address that nothing is sent to.</summary>
internal sealed class AddressNotAllowedException(string message) : Exception(message);

/// <summary>
/// Which addresses may be connected to: those of the public internet, and the networks that the operator allows by
/// name. Asked for the address a connection goes to, behind every name and redirect, so that a destination cannot lead
/// into the machine's own networks (server-side request forgery; the ranges are those of the IANA special-purpose
/// registries, RFC 6890).
/// </summary>
/// <param name="allowed">Networks that are allowed besides.</param>
internal sealed class AddressGuard(IReadOnlyList<IPNetwork> allowed)
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Of IPv6 what is not global unicast is refused as a whole; these are inside of it.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address is one of the networks allowed by name.</summary>
    public bool IsInHouse(IPAddress address)
    {
        var plain = Plain(address);
        return allowed.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily
            && network.Contains(plain));
    }

    /// <summary>Whether an address may be connected to.</summary>
    public bool IsAllowed(IPAddress address) => IsInHouse(address) || IsPublic(Plain(address));

    /// <summary>The addresses of a host that may be connected to.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="mustBeInHouse">Whether only the networks allowed by name will do: nothing is encrypted.</param>
    /// <param name="cancellation">Ends the look-up.</param>
    /// <exception cref="AddressNotAllowedException">It has none.</exception>
    /// <exception cref="SocketException">The name is not known.</exception>
    public async ValueTask<IPAddress[]> FindAsync(string host, bool mustBeInHouse, CancellationToken cancellation)
    {
        var found = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var good = Array.FindAll(found, address => mustBeInHouse ? IsInHouse(address) : IsAllowed(address));
        if (good.Length > 0) return good;
        throw new AddressNotAllowedException(mustBeInHouse
            ? "without TLS only networks that the operator allows are sent to"
            : "the address is not one of the public internet, and the operator does not allow its network");
    }

    private static bool IsPublic(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address))
        && !NotPublic.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily
            && network.Contains(address));

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

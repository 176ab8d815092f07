using System.Net;
using DToC.Http.Delivery.Webhooks;

namespace DToC.Http.Tests.Delivery;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2001:db8::1")]
    public void Address_within_the_house_is_not_allowed(string address) =>
        Assert.False(new AddressGuard([]).IsAllowed(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("193.0.0.1")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2606:4700::1111")]
    public void Public_address_is_allowed(string address) =>
        Assert.True(new AddressGuard([]).IsAllowed(IPAddress.Parse(address)));

    [Fact]
    public void Network_that_the_operator_names_is_allowed_and_no_other()
    {
        var guard = new AddressGuard([IPNetwork.Parse("10.1.0.0/16")]);
        Assert.True(guard.IsAllowed(IPAddress.Parse("10.1.2.3")));
        Assert.True(guard.IsAllowed(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(guard.IsAllowed(IPAddress.Parse("10.2.0.1")));
        Assert.False(guard.IsAllowed(IPAddress.Parse("::1")));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("[::1]")]
    public async Task Name_that_leads_into_the_house_finds_nothing(string host) =>
        await Assert.ThrowsAsync<AddressNotAllowedException>(
            () => new AddressGuard([]).FindAsync(host, mustBeInHouse: false, default).AsTask());

    [Fact]
    public async Task Without_encryption_only_networks_of_the_house_are_found() =>
        await Assert.ThrowsAsync<AddressNotAllowedException>(
            () => new AddressGuard([]).FindAsync("1.1.1.1", mustBeInHouse: true, default).AsTask());
}

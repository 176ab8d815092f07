using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace DToC.Http.Console.Sessions;

/// <summary>
/// Keys that protect the forms of sessions. Sessions end with the process, and so may their keys: none is put on disk.
/// </summary>
internal sealed class MemoryKeys : IXmlRepository
{
    private readonly Lock _lock = new();
    private readonly List<XElement> _keys = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock) return [.. _keys.Select(key => new XElement(key))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_lock) _keys.Add(new XElement(element));
    }
}

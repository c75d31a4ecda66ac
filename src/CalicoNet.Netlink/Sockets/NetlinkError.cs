using System.Text;

namespace CalicoNet.Netlink;

/// <summary>One request's failure as the kernel reports it (NLMSG_ERROR with extended ACK attributes, linux/netlink.h).</summary>
/// <param name="Request">Which request of the batch, counted from 0.</param>
/// <param name="Errno">The error number.</param>
/// <param name="Message">The kernel's text (NLMSGERR_ATTR_MSG), or null.</param>
/// <param name="Attribute">The path of the attribute it objects to, for example <c>LinkInfo/Data/VethPeer</c>, or null.</param>
/// <param name="MissingAttribute">The type of an attribute that was required and missing (NLMSGERR_ATTR_MISS_TYPE), or null.</param>
public sealed record NetlinkError(int Request, Errno Errno, string? Message = null, string? Attribute = null, uint? MissingAttribute = null)
{
    /// <summary>The errno's words, the kernel's text and the attribute, in one line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Errno.Describe()} ({Errno})");
        if (Message is not null)
        {
            text.Append($": {Message.TrimEnd('.')}");
        }

        if (Attribute is not null)
        {
            text.Append($" [attribute {Attribute}]");
        }

        if (MissingAttribute is { } type)
        {
            text.Append($" [attribute {type} is missing]");
        }

        return text.ToString();
    }
}

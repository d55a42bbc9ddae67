// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import Fleet

extension AMQPDelivery {
    /// Where in a trace the message was published, if its publisher has said so.
    package var traceParent: TraceParent? {
        message.properties.headers?[TraceParent.header]?.string.flatMap(TraceParent.init)
    }
}

/** The messages that the client and the stand-in exchange, with the field numbers of the TCP protocol. */
export const schema = `
syntax = "proto3";

message NewEvent {
  bytes event_id = 1;
  string event_type = 2;
  int32 data_content_type = 3;
  int32 metadata_content_type = 4;
  bytes data = 5;
  bytes metadata = 6;
}
message EventRecord {
  string event_stream_id = 1;
  int64 event_number = 2;
  bytes event_id = 3;
  string event_type = 4;
  int32 data_content_type = 5;
  int32 metadata_content_type = 6;
  bytes data = 7;
  bytes metadata = 8;
  int64 created = 9;
  int64 created_epoch = 10;
}
message ResolvedIndexedEvent { EventRecord event = 1; EventRecord link = 2; }
message ResolvedEvent {
  EventRecord event = 1;
  EventRecord link = 2;
  int64 commit_position = 3;
  int64 prepare_position = 4;
}
message WriteEvents {
  string event_stream_id = 1;
  int64 expected_version = 2;
  repeated NewEvent events = 3;
  bool require_leader = 4;
}
message WriteEventsCompleted {
  int32 result = 1;
  string message = 2;
  int64 first_event_number = 3;
  int64 last_event_number = 4;
  int64 prepare_position = 5;
  int64 commit_position = 6;
}
message DeleteStream {
  string event_stream_id = 1;
  int64 expected_version = 2;
  bool require_leader = 3;
  bool hard_delete = 4;
}
message DeleteStreamCompleted {
  int32 result = 1;
  string message = 2;
  int64 prepare_position = 3;
  int64 commit_position = 4;
}
message ReadEvent {
  string event_stream_id = 1;
  int64 event_number = 2;
  bool resolve_link_tos = 3;
  bool require_leader = 4;
}
message ReadEventCompleted { int32 result = 1; ResolvedIndexedEvent event = 2; string error = 3; }
message ReadStreamEvents {
  string event_stream_id = 1;
  int64 from_event_number = 2;
  int32 max_count = 3;
  bool resolve_link_tos = 4;
  bool require_leader = 5;
}
message ReadStreamEventsCompleted {
  repeated ResolvedIndexedEvent events = 1;
  int32 result = 2;
  int64 next_event_number = 3;
  int64 last_event_number = 4;
  bool is_end_of_stream = 5;
  int64 last_commit_position = 6;
  string error = 7;
}
message SubscribeToStream { string event_stream_id = 1; bool resolve_link_tos = 2; }
message SubscriptionConfirmation { int64 last_commit_position = 1; int64 last_event_number = 2; }
message StreamEventAppeared { ResolvedEvent event = 1; }
message UnsubscribeFromStream {}
message SubscriptionDropped { int32 reason = 1; }
message PersistentSubscription {
  string subscription_group_name = 1;
  string event_stream_id = 2;
  bool resolve_link_tos = 3;
  int64 start_from = 4;
  int32 message_timeout_milliseconds = 5;
  bool record_statistics = 6;
  int32 live_buffer_size = 7;
  int32 read_batch_size = 8;
  int32 buffer_size = 9;
  int32 max_retry_count = 10;
  bool prefer_round_robin = 11;
  int32 checkpoint_after_time = 12;
  int32 checkpoint_max_count = 13;
  int32 checkpoint_min_count = 14;
  int32 subscriber_max_count = 15;
  string named_consumer_strategy = 16;
}
message PersistentSubscriptionCompleted { int32 result = 1; string reason = 2; }
message ConnectToPersistentSubscription {
  string subscription_id = 1;
  string event_stream_id = 2;
  int32 allowed_in_flight_messages = 3;
}
message PersistentSubscriptionConfirmation {
  int64 last_commit_position = 1;
  string subscription_id = 2;
  int64 last_event_number = 3;
}
message PersistentSubscriptionStreamEventAppeared { ResolvedIndexedEvent event = 1; int32 retry_count = 2; }
message PersistentSubscriptionAckEvents { string subscription_id = 1; repeated bytes processed_event_ids = 2; }
message PersistentSubscriptionNakEvents {
  string subscription_id = 1;
  repeated bytes processed_event_ids = 2;
  string message = 3;
  int32 action = 4;
}
message NotHandled { int32 reason = 1; bytes additional_info = 2; }
message IdentifyClient { int32 version = 1; string connection_name = 2; }
`;
